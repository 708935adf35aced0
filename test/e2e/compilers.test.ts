/** gcc, g++, binutils, make and cmake: many short processes and many small files. */
import { family } from "./harness.ts";

family("compilers");

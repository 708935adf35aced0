/** The small tools: files, big inputs, searching, editing and comparing text. */
import { family } from "./harness.ts";

family("coreutils");

/** python3: the standard library's ways to use processes, threads, files, signals and sockets. */
import { family } from "./harness.ts";

family("python");

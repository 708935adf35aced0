/** Programs that bring their own runtime: Go, Rust and Java. */
import { family } from "./harness.ts";

family("native");

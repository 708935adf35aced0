/** The pinned Node inside the sandbox. */
import { family } from "./harness.ts";

family("node");

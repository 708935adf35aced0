/** git: ids are hashes of all that happened, so equal output is a strong proof. */
import { family } from "./harness.ts";

family("git");

/** bash and dash: what scripts are made of, from pipes and traps to co-processes and /dev/tcp. */
import { family } from "./harness.ts";

family("bash");

/** Small scripting languages: perl and lua. */
import { family } from "./harness.ts";

family("scripting");

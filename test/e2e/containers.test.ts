/** Programs that make containers: unshare, nsenter, bubblewrap, pivot_root; ip inside them. */
import { family } from "./harness.ts";

family("containers");

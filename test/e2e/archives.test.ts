/** Packing and copying trees: tar, cpio, zip, rsync and the compressors. */
import { family } from "./harness.ts";

family("archives");

/**
 * \`tvisor boot\`: the sandbox process of a container, which \`create\` and \`run\` start. Not for people.
 */
import { bootSandbox } from "../sentry/oci/boot.ts";

export async function main(): Promise<number> {
  return bootSandbox();
}

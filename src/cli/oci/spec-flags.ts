/**
 * spec-flags: a config.json as the options before the command want it: without the raw sockets or the
 * seccomp profile that they take away, and with the descriptors that systemd's habits announce.
 */
import type { CapabilitiesSpec, Spec } from "../../oci/spec.ts";
import type { Globals } from "./globals.ts";

const RAW = "CAP_NET_RAW";

/** `listens`: how many descriptors whoever started us meant for the program (sd_listen_fds(3)). */
export function adjusted(spec: Spec, { netRaw, ociSeccomp }: Globals, listens: number): Spec {
  let { process, linux } = spec;
  if (!netRaw && process?.capabilities != null)
    process = { ...process, capabilities: withoutRaw(process.capabilities) };
  if (listens > 0 && process !== undefined)
    process = {
      ...process,
      env: [...(process.env ?? []), `LISTEN_FDS=${listens}`, "LISTEN_PID=1"],
    };
  if (!ociSeccomp && linux?.seccomp != null) {
    const { seccomp: _, ...others } = linux;
    linux = others;
  }
  return { ...spec, ...(process && { process }), ...(linux && { linux }) };
}

function withoutRaw(capabilities: CapabilitiesSpec): CapabilitiesSpec {
  return Object.fromEntries(
    Object.entries(capabilities).map(([name, set]) => [
      name,
      (set as readonly string[] | null)?.filter((each) => each !== RAW),
    ]),
  );
}

/**
 * \`tvisor features\`: what this runtime knows, as JSON (features.md of the OCI runtime specification).
 */
import { capabilityNames } from "../../abi/capability.ts";
import { OCI_VERSION } from "../../oci/state.ts";
import { MOUNT_WORDS } from "../../sentry/oci/mount-options.ts";
import { print } from "../print.ts";
import type { Command } from "./commands.ts";

const FEATURES = {
  ociVersionMin: "1.0.0",
  ociVersionMax: OCI_VERSION,
  hooks: [
    "prestart",
    "createRuntime",
    "createContainer",
    "startContainer",
    "poststart",
    "poststop",
  ],
  mountOptions: MOUNT_WORDS,
  linux: {
    namespaces: ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"],
    capabilities: Object.keys(capabilityNames.names),
    cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: false },
    seccomp: {
      enabled: true,
      actions: [
        "SCMP_ACT_ALLOW",
        "SCMP_ACT_ERRNO",
        "SCMP_ACT_KILL",
        "SCMP_ACT_KILL_PROCESS",
        "SCMP_ACT_KILL_THREAD",
        "SCMP_ACT_LOG",
        "SCMP_ACT_TRACE",
        "SCMP_ACT_TRAP",
      ],
      operators: [
        "SCMP_CMP_EQ",
        "SCMP_CMP_GE",
        "SCMP_CMP_GT",
        "SCMP_CMP_LE",
        "SCMP_CMP_LT",
        "SCMP_CMP_MASKED_EQ",
        "SCMP_CMP_NE",
      ],
      archs: ["SCMP_ARCH_X86_64"],
    },
    apparmor: { enabled: false },
    selinux: { enabled: false },
    mountExtensions: { idmap: { enabled: true } },
  },
  annotations: { "org.tvisor.version": "0.1.0" },
};

export const command: Command = {
  flags: {},
  words: [0, 0],
  usage: `features

Prints what this runtime supports as JSON.

Example:
  tvisor features
`,
  run() {
    print(`${JSON.stringify(FEATURES, null, 4)}\n`);
    return 0;
  },
};

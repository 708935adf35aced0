/** Rows about names, namespaces, kernel parameters and seccomp. */
import type { Config } from "../bundle.ts";
import type { Row } from "../parity.ts";

function seccomp(defaultAction: string, syscalls: object[], more: object = {}) {
  return (config: Config) => {
    config.linux.seccomp = {
      defaultAction,
      architectures: ["SCMP_ARCH_X86_64"],
      syscalls,
      ...more,
    };
  };
}

const rule = (names: string[], action: string, more: object = {}) => ({ names, action, ...more });

export const KERNEL: readonly Row[] = [
  { title: "host name", script: "hostname; cat /proc/sys/kernel/hostname" },
  {
    title: "domain name",
    script: "cat /proc/sys/kernel/domainname",
    config: (c) => (c.domainname = "example.org"),
    differs: "runc 1.1 does not know domainname",
  },
  {
    title: "a host name may be set",
    script: "hostname other; hostname",
    config: (c) =>
      c.process.capabilities.effective.push("CAP_SYS_ADMIN") &&
      c.process.capabilities.bounding.push("CAP_SYS_ADMIN") &&
      c.process.capabilities.permitted.push("CAP_SYS_ADMIN"),
  },
  { title: "only loopback", script: "ls /sys/class/net; ip -o link | cut -d: -f2" },
  {
    title: "loopback works",
    script: "nc -l -p 7000 > /tmp/got & sleep 0.3; echo hi | nc 127.0.0.1 7000; wait; cat /tmp/got",
  },
  { title: "no processes but its own", script: "ls /proc | grep -cE '^[0-9]+$'" },
  {
    title: "a kernel parameter",
    script: "cat /proc/sys/kernel/shm_rmid_forced",
    config: (c) => (c.linux.sysctl = { "kernel.shm_rmid_forced": "1" }),
  },
  {
    title: "a network parameter",
    script: "cat /proc/sys/net/ipv4/ip_unprivileged_port_start",
    config: (c) => (c.linux.sysctl = { "net.ipv4.ip_unprivileged_port_start": "80" }),
  },
  {
    title: "message queues are mounted",
    script: "ls -d /dev/mqueue; stat -f -c %T /dev/mqueue | grep -c .",
  },
  {
    title: "seccomp: a call is refused",
    script: "mkdir /tmp/x; echo $?; ls /tmp",
    config: seccomp("SCMP_ACT_ALLOW", [rule(["mkdir", "mkdirat"], "SCMP_ACT_ERRNO")]),
  },
  {
    title: "seccomp: with an error of its own",
    script: "mkdir /tmp/x 2>&1 | sed 's/.*: //'",
    config: seccomp("SCMP_ACT_ALLOW", [
      rule(["mkdir", "mkdirat"], "SCMP_ACT_ERRNO", { errnoRet: 28 }),
    ]),
  },
  {
    title: "seccomp: a call kills",
    script: "mkdir /tmp/x; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [rule(["mkdir", "mkdirat"], "SCMP_ACT_KILL_PROCESS")]),
  },
  {
    title: "seccomp: a call traps",
    script: "mkdir /tmp/x; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [rule(["mkdir", "mkdirat"], "SCMP_ACT_TRAP")]),
  },
  {
    title: "seccomp: logging lets pass",
    script: "mkdir /tmp/x; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [rule(["mkdir"], "SCMP_ACT_LOG")]),
  },
  {
    title: "seccomp: an argument decides",
    script: "umask 022; chmod 777 /tmp; echo $?; chmod 700 /tmp; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [
      rule(["chmod"], "SCMP_ACT_ERRNO", { args: [{ index: 1, value: 0o777, op: "SCMP_CMP_EQ" }] }),
    ]),
  },
  {
    title: "seccomp: not equal",
    script: "chmod 777 /tmp; echo $?; chmod 700 /tmp; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [
      rule(["chmod"], "SCMP_ACT_ERRNO", { args: [{ index: 1, value: 0o777, op: "SCMP_CMP_NE" }] }),
    ]),
  },
  {
    title: "seccomp: greater, less",
    script: "chmod 777 /tmp; echo $?; chmod 700 /tmp; echo $?; chmod 100 /tmp; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [
      rule(["chmod"], "SCMP_ACT_ERRNO", { args: [{ index: 1, value: 0o700, op: "SCMP_CMP_GT" }] }),
      rule(["chmod"], "SCMP_ACT_ERRNO", {
        errnoRet: 2,
        args: [{ index: 1, value: 0o200, op: "SCMP_CMP_LE" }],
      }),
    ]),
  },
  {
    title: "seccomp: at least, below",
    script: "chmod 777 /tmp; echo $?; chmod 700 /tmp; echo $?; chmod 100 /tmp; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [
      rule(["chmod"], "SCMP_ACT_ERRNO", { args: [{ index: 1, value: 0o777, op: "SCMP_CMP_GE" }] }),
      rule(["chmod"], "SCMP_ACT_ERRNO", {
        errnoRet: 2,
        args: [{ index: 1, value: 0o200, op: "SCMP_CMP_LT" }],
      }),
    ]),
  },
  {
    title: "seccomp: bits of an argument",
    script: "chmod 777 /tmp; echo $?; chmod 700 /tmp; echo $?",
    config: seccomp("SCMP_ACT_ALLOW", [
      rule(["chmod"], "SCMP_ACT_ERRNO", {
        args: [{ index: 1, value: 0o7, valueTwo: 0o7, op: "SCMP_CMP_MASKED_EQ" }],
      }),
    ]),
  },
  {
    title: "seccomp: names that no kernel has",
    script: "echo fine",
    config: seccomp("SCMP_ACT_ALLOW", [rule(["no_such_call"], "SCMP_ACT_ERRNO")]),
  },
  {
    title: "seccomp: shown in /proc",
    script: "grep -E '^Seccomp:' /proc/self/status",
    config: seccomp("SCMP_ACT_ALLOW", [rule(["mkdir"], "SCMP_ACT_ERRNO")]),
  },
  {
    title: "seccomp: an action that is none",
    script: "true",
    config: seccomp("SCMP_ACT_NONSENSE", []),
  },
];

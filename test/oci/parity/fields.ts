/** Rows for fields of the specification, and values of them, that the other tables do not have. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../bundle.ts";
import type { Row } from "../parity.ts";

const MOUNTS = "awk '$2 ~ /^.t/ {print $2, $3, $4}' /proc/self/mounts";
const QUIET = "</dev/null >/dev/null 2>&1";

function mount(destination: string, type: string, options: string[] = [], source = type) {
  return (config: Config) => config.mounts.push({ destination, type, source, options });
}

const isolated =
  (...types: string[]) =>
  (config: Config) => {
    config.linux.namespaces = config.linux.namespaces.filter(
      ({ type }: { type: string }) => !types.includes(type),
    );
  };

function shared(directory: string): void {
  mkdirSync(join(directory, "shared/below"), { recursive: true });
  writeFileSync(join(directory, "shared/a"), "from the host\n");
}

const bindShared =
  (...options: string[]) =>
  (config: Config, directory: string) =>
    config.mounts.push({
      destination: "/t",
      type: "bind",
      source: join(directory, "shared"),
      options,
    });

const hook = (script: string, more: object = {}) => [
  { path: "/bin/sh", args: ["sh", "-c", script], ...more },
];

const ALL_LIMITS = [
  ["AS", 1 << 30],
  ["CORE", 4096],
  ["CPU", 60],
  ["DATA", 1 << 29],
  ["FSIZE", 1 << 20],
  ["LOCKS", 100],
  ["MEMLOCK", 65536],
  ["MSGQUEUE", 819200],
  ["NICE", 0],
  ["NOFILE", 500],
  ["NPROC", 4000],
  ["RSS", 1 << 29],
  ["RTPRIO", 0],
  ["RTTIME", 1000000],
  ["SIGPENDING", 200],
  ["STACK", 1 << 22],
] as const;

export const FIELDS: readonly Row[] = [
  // --- process --------------------------------------------------------------------------------
  {
    title: "process.rlimits: every kind",
    script: "sed 1d /proc/self/limits | sed -E 's/ +/ /g'",
    config: (c) =>
      // Not above what this machine's root may have.
      (c.process.rlimits = ALL_LIMITS.map(([name, value]) => ({
        type: `RLIMIT_${name}`,
        soft: value,
        hard: value,
      }))),
  },
  {
    title: "process.rlimits: no limit at all",
    config: (c) => {
      c.process.args = ["sh", "-c", "ulimit -Sc; ulimit -Hc"];
      c.process.rlimits = [{ type: "RLIMIT_CORE", soft: 424242, hard: 424242 }];
    },
    // As Go writes it: this number has no double.
    flow: "sed -i 's/424242/18446744073709551615/' config.json; $RT run $ID",
  },
  {
    title: "process.env: the last one of a name",
    script: "env | grep ^A= | tail -1",
    config: (c) => c.process.env.push("A=1", "B=x", "A=2"),
  },
  { title: "process.env: none", args: ["/bin/env"], config: (c) => (c.process.env = []) },
  {
    title: "process.env: without a PATH a name is not found",
    args: ["true"],
    config: (c) => (c.process.env = ["A=b"]),
  },
  {
    title: "process.cwd: where the user may not go",
    script: "pwd",
    prepare: (d) => mkdirSync(join(d, "rootfs/closed"), { mode: 0o700 }),
    config: (c) => {
      c.process.cwd = "/closed";
      c.process.user = { uid: 1000, gid: 1000 };
    },
  },
  {
    title: "process.cwd: a file",
    script: "pwd",
    config: (c) => (c.process.cwd = "/etc/passwd"),
  },
  {
    title: "process.cwd: behind a link",
    script: "pwd -P",
    prepare: (d) => symlinkSync("/home/ada", join(d, "rootfs/link")),
    config: (c) => (c.process.cwd = "/link"),
  },
  {
    title: "process.user.umask: none of it",
    script: "umask; touch /tmp/f; stat -c %a /tmp/f",
    config: (c) => (c.process.user = { uid: 0, gid: 0, umask: 0 }),
  },
  {
    title: "process.capabilities: names that there are not",
    script: "grep CapEff /proc/self/status",
    config: (c) => {
      for (const set of ["bounding", "effective", "permitted"])
        c.process.capabilities[set].push("CAP_NO_SUCH");
    },
  },
  {
    title: "process.capabilities: inheritable of a user",
    script: "grep -E '^Cap(Inh|Prm|Eff)' /proc/self/status",
    config: (c) => {
      c.process.user = { uid: 1000, gid: 1000 };
      c.process.capabilities.inheritable = ["CAP_KILL", "CAP_CHOWN"];
    },
  },
  {
    title: "process.noNewPrivileges: a set-user-id program gains nothing",
    script: "/suid -u 2>/dev/null || id -u",
    prepare: (d) => {
      execFileSync("cp", [join(d, "rootfs/bin/busybox"), join(d, "rootfs/suid")]);
      execFileSync("chmod", ["4755", join(d, "rootfs/suid")]);
    },
    config: (c) => {
      c.process.user = { uid: 1000, gid: 1000 };
      c.process.args = ["/suid", "sh", "-c", "grep -E '^(Uid|NoNewPrivs)' /proc/self/status"];
    },
  },
  {
    title: "process.user: without new privileges' lock a set-user-id program gains",
    prepare: (d) => {
      execFileSync("cp", [join(d, "rootfs/bin/busybox"), join(d, "rootfs/suid")]);
      execFileSync("chmod", ["4755", join(d, "rootfs/suid")]);
    },
    config: (c) => {
      c.process.noNewPrivileges = false;
      c.process.user = { uid: 1000, gid: 1000 };
      c.process.args = ["/suid", "grep", "-E", "^(Uid|CapEff)", "/proc/self/status"];
    },
  },
  {
    title: "process.args: a list with a number in it",
    flow: "sed -i 's/\"true\"/7/' config.json; $RT run $ID; test $? -ne 0 && echo refused",
  },
  // --- root, names ----------------------------------------------------------------------------
  {
    title: "root.path: a link",
    script: "ls /etc | head -2",
    prepare: (d) => symlinkSync("rootfs", join(d, "link")),
    config: (c) => (c.root.path = "link"),
    differs: "runc refuses a link; the specification does not, and where it leads is the root",
  },
  {
    title: "root.path: a file",
    flow: 'echo x > file; sed -i \'s/"path": "rootfs"/"path": "file"/\' config.json; $RT run $ID; echo $?',
  },
  {
    title: "root.readonly: what is mounted may be written",
    script: "echo x > /t/x; echo $?; echo x > /x; echo $?",
    config: (c) => {
      c.root.readonly = true;
      mount("/t", "tmpfs")(c);
    },
    prepare: (d) => mkdirSync(join(d, "rootfs/t")),
  },
  {
    title: "hostname: without a namespace for it",
    config: (c) => isolated("uts")(c),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "hostname: none",
    script: 'test "$(hostname)" = "$(cat /proc/sys/kernel/hostname)" && echo same',
    config: (c) => delete c.hostname,
  },
  // --- mounts ---------------------------------------------------------------------------------
  {
    title: "mounts: options that are shown",
    script: MOUNTS,
    config: (c) => {
      mount("/t1", "tmpfs", ["nosuid", "noexec", "nodev", "noatime", "mode=755"])(c);
      mount("/t2", "tmpfs", ["relatime", "nodiratime", "mode=755"])(c);
      mount("/t3", "tmpfs", ["strictatime", "ro", "mode=755"])(c);
      mount("/t4", "tmpfs", ["noatime", "rw", "suid", "exec", "dev", "mode=755"])(c);
      mount("/t5", "tmpfs", ["ro", "rw", "nodev", "dev", "mode=755"])(c);
    },
    show: (output) => output.replace(/,inode64/g, ""),
  },
  {
    title: "mounts: propagation",
    script:
      "awk '$5 ~ /^.t[0-9]/' /proc/self/mountinfo | sed -E 's/^[0-9 ]+:[0-9]+ //; s/ (shared|master):[0-9]+/ \\1/; s/ - .*//'",
    config: (c) => {
      mount("/t1", "tmpfs", ["private"])(c);
      mount("/t2", "tmpfs", ["shared"])(c);
      mount("/t3", "tmpfs", ["rslave"])(c);
      mount("/t4", "tmpfs", ["unbindable"])(c);
    },
  },
  {
    title: "mounts: nothing but a destination",
    script: "true",
    config: (c) => c.mounts.push({ destination: "/t" }),
  },
  {
    title: "mounts: a source that is relative to the bundle",
    script: "cat /t/a",
    prepare: shared,
    config: (c) =>
      c.mounts.push({ destination: "/t", type: "bind", source: "shared", options: ["bind"] }),
  },
  {
    title: "mounts: a type is not asked of a bind mount",
    script: "cat /t/a; ls /t",
    prepare: shared,
    config: (c, d) =>
      c.mounts.push({ destination: "/t", source: join(d, "shared"), options: ["rbind", "ro"] }),
  },
  {
    title: "mounts: bind, nodev and nosuid",
    script:
      "awk '$2 == \"/t\" {print $4}' /proc/self/mounts | tr , '\\n' | grep -E '^(no|ro|rw)' | sort",
    prepare: shared,
    config: bindShared("bind", "nodev", "nosuid", "noexec", "ro"),
  },
  {
    title: "mounts: a set-user-id program on a nosuid mount",
    args: ["/t/suid", "grep", "^Uid", "/proc/self/status"],
    prepare: (d) => {
      shared(d);
      execFileSync("cp", ["/bin/busybox", join(d, "shared/suid")]);
      execFileSync("chmod", ["4755", join(d, "shared/suid")]);
    },
    config: (c, d) => {
      c.process.user = { uid: 1000, gid: 1000 };
      c.process.noNewPrivileges = false;
      bindShared("bind", "nosuid")(c, d);
    },
  },
  {
    title: "mounts: a device on a nodev mount",
    script:
      "mknod /t/null c 1 3; echo x > /t/null; echo $?; mknod /u/null c 1 3; echo x > /u/null; echo $?",
    config: (c) => {
      mount("/t", "tmpfs", ["nodev"])(c);
      mount("/u", "tmpfs", ["dev"])(c);
    },
  },
  {
    title: "mounts: noatime and strictatime",
    script:
      "echo x > /t/f; touch -a -d '2001-01-01 01:01:01' /t/f; cat /t/f; stat -c %X /t/f; echo x > /u/f; touch -a -d '2001-01-01 01:01:01' /u/f; cat /u/f; test $(stat -c %X /u/f) -gt 1000000000 && echo read",
    config: (c) => {
      mount("/t", "tmpfs", ["noatime"])(c);
      mount("/u", "tmpfs", ["strictatime"])(c);
    },
  },
  {
    title: "mounts: a tmpfs with what was there",
    script: "ls /etc; stat -c '%a %u' /etc",
    config: mount("/etc", "tmpfs", ["tmpcopyup"]),
  },
  {
    title: "mounts: a tmpfs with what was there, deeper",
    script:
      "cd /some; find . | sort | xargs stat -c '%n %F %a %u:%g'; cat deep/f; readlink l; echo x > deep/f; cat deep/f",
    prepare: (d) => {
      const root = join(d, "rootfs/some");
      execFileSync("sh", [
        "-c",
        `mkdir -p ${root}/deep/er; echo text > ${root}/deep/f; chmod 640 ${root}/deep/f; chown 7:8 ${root}/deep/f; ln -s deep/f ${root}/l; head -c 200000 /dev/zero > ${root}/big; chmod 1750 ${root}`,
      ]);
    },
    config: mount("/some", "tmpfs", ["tmpcopyup"]),
    left: (d) => readFileSync(join(d, "rootfs/some/deep/f"), "utf8"),
  },
  {
    title: "mounts: a tmpfs has the mode of what it covers",
    script: "stat -c '%a' /home/ada /new",
    prepare: (d) => execFileSync("chmod", ["711", join(d, "rootfs/home/ada")]),
    config: (c) => {
      mount("/home/ada", "tmpfs")(c);
      mount("/new", "tmpfs")(c);
    },
  },
  {
    title: "mounts: a tmpfs with so many inodes",
    script: "for i in 1 2 3 4 5 6 7 8 9; do touch /t/$i 2>/dev/null || break; done; echo $i",
    config: mount("/t", "tmpfs", ["nr_inodes=5"]),
  },
  {
    title: "mounts: an option that a filesystem does not know",
    script: "true",
    config: mount("/t", "tmpfs", ["nonsense=1"]),
  },
  {
    title: "mounts: sysfs that may be written",
    script: "awk '$2 == \"/sys\" {print $3, $4}' /proc/self/mounts",
    config: (c) => {
      const found = c.mounts.find(
        ({ destination }: { destination: string }) => destination === "/sys",
      );
      found.options = ["nosuid", "noexec", "nodev", "rw"];
    },
  },
  {
    title: "mounts: devpts of its own",
    script:
      "stat -c '%a' /dev/pts/ptmx; ls -l /dev/ptmx | sed 's/.*dev/dev/'; ls /dev/pts | grep -v ptmx | wc -l",
  },
  {
    title: "mounts: a fifo of the host between two containers' roots",
    script: "stat -c %F /t/pipe",
    prepare: (d) => {
      shared(d);
      execFileSync("mkfifo", [join(d, "shared/pipe")]);
    },
    config: bindShared("bind"),
  },
  {
    title: "mounts: on what is a file, a directory",
    script: "true",
    prepare: shared,
    config: (c, d) =>
      c.mounts.push({
        destination: "/etc/passwd",
        type: "bind",
        source: join(d, "shared"),
        options: ["bind"],
      }),
  },
  {
    title: "mounts: twice in a place, the later one counts",
    script: "cat /t/a; grep -c ' /t ' /proc/self/mounts",
    prepare: shared,
    config: (c, d) => {
      mount("/t", "tmpfs")(c);
      bindShared("bind")(c, d);
    },
  },
  // --- linux ----------------------------------------------------------------------------------
  {
    title: "linux.namespaces: the first process of no pid namespace is not 1",
    script: "test $$ -gt 1 && echo other",
    config: isolated("pid"),
  },
  {
    title: "linux.namespaces: one kind twice",
    config: (c) => c.linux.namespaces.push({ type: "pid" }),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "linux.namespaces: a kind that there is not",
    config: (c) => c.linux.namespaces.push({ type: "nonsense" }),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "linux.namespaces: a network by its path",
    config: (c) => {
      const network = c.linux.namespaces.find(({ type }: { type: string }) => type === "network");
      network.path = "/proc/self/ns/net";
      c.process.args = ["sh", "-c", "ls /sys/class/net | grep -c ."];
    },
    flow: "test $($RT run $ID) -ge 1; echo $?",
  },
  {
    title: "linux.namespaces: a path that is not there",
    config: (c) => {
      const network = c.linux.namespaces.find(({ type }: { type: string }) => type === "network");
      network.path = "/no/such/namespace";
    },
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "linux.devices: modes and owners",
    script: "stat -c '%F %a %u:%g %t:%T' /dev/one /dev/dir/two /dev/three",
    config: (c) =>
      (c.linux.devices = [
        { path: "/dev/one", type: "c", major: 1, minor: 3, fileMode: 0o640, uid: 7, gid: 8 },
        { path: "/dev/dir/two", type: "b", major: 7, minor: 0, fileMode: 0o600 },
        { path: "/dev/three", type: "p", fileMode: 0o644, uid: 1000 },
      ]),
  },
  {
    title: "linux.devices: a default one with another mode",
    script: "stat -c '%a %t:%T' /dev/null /dev/zero; echo x > /dev/null; echo $?",
    config: (c) => {
      c.linux.resources = { devices: [{ allow: true, access: "rwm" }] };
      c.linux.devices = [{ path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 0o600 }];
    },
  },
  {
    title: "linux.devices: a type that there is not",
    config: (c) => (c.linux.devices = [{ path: "/dev/x", type: "x", major: 1, minor: 3 }]),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "linux.devices: those that are always there",
    script:
      "cd /dev; for n in null zero full random urandom tty; do stat -c '%n %F %a %t:%T' $n; done",
  },
  {
    title: "linux.sysctl: several",
    script: "cd /proc/sys; cat kernel/msgmax kernel/sem net/ipv4/ip_forward",
    config: (c) =>
      (c.linux.sysctl = {
        "kernel.msgmax": "4096",
        "kernel.sem": "100 200 10 50",
        "net.ipv4.ip_forward": "1",
      }),
  },
  {
    title: "linux.sysctl: one of the whole machine",
    config: (c) => (c.linux.sysctl = { "vm.max_map_count": "262144" }),
    flow: "$RT run $ID; echo $?",
    differs: "what is the whole machine's under runc is the sandbox's own here, and may be set",
  },
  {
    title: "linux.sysctl: of a namespace that it does not have",
    config: (c) => {
      isolated("ipc")(c);
      c.linux.sysctl = { "kernel.msgmax": "4096" };
    },
    flow: "$RT run $ID; echo $?",
    differs: "without a namespace of its own it has the sandbox's, which is nobody else's",
  },
  {
    title: "linux.maskedPaths: behind a link",
    script: "ls /home | wc -l",
    prepare: (d) => symlinkSync("/home", join(d, "rootfs/link")),
    config: (c) => c.linux.maskedPaths.push("/link"),
  },
  {
    title: "linux.maskedPaths and readonlyPaths: none at all",
    script: "test -s /proc/self/mounts && grep -cE ' /proc/.* ' /proc/self/mounts",
    config: (c) => {
      delete c.linux.maskedPaths;
      delete c.linux.readonlyPaths;
    },
  },
  {
    title: "linux.readonlyPaths: what is below, mounts included",
    script: "echo x > /t/x; echo $?; echo x > /t/below/x; echo $?",
    config: (c) => {
      mount("/t", "tmpfs")(c);
      mount("/t/below", "tmpfs")(c);
      c.linux.readonlyPaths.push("/t");
    },
  },
  {
    title: "linux.rootfsPropagation: of the root and what is on it",
    script: "awk '$5 == \"/\" {print $7}' /proc/self/mountinfo | cut -d: -f1",
    config: (c) => (c.linux.rootfsPropagation = "rprivate"),
  },
  {
    title: "linux.rootfsPropagation: a word that there is not",
    config: (c) => (c.linux.rootfsPropagation = "sideways"),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "linux.seccomp: what is not named is refused, with an error of its own",
    script: "mkdir /tmp/x 2>&1 | sed 's/.*: //'; echo still here",
    config: (c) =>
      (c.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        defaultErrnoRet: 5,
        syscalls: [
          { names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 13 },
          { names: ["rmdir"], action: "SCMP_ACT_KILL" },
        ],
      }),
  },
  {
    title: "linux.seccomp: all of several conditions",
    script: "chmod 777 /tmp; echo $?; chmod 700 /tmp; echo $?",
    config: (c) =>
      (c.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [
          {
            names: ["chmod"],
            action: "SCMP_ACT_ERRNO",
            args: [
              { index: 1, value: 0o700, op: "SCMP_CMP_GT" },
              { index: 1, value: 0o777, op: "SCMP_CMP_EQ" },
            ],
          },
        ],
      }),
  },
  {
    title: "linux.seccomp: an operator that there is not",
    config: (c) =>
      (c.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [
          { names: ["chmod"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 1, op: "NO" }] },
        ],
      }),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "linux.resources: swap, reservation, processors",
    config: (c) => {
      c.process.args = ["sleep", "100"];
      c.linux.cgroupsPath = "/tvisor-parity/more";
      c.linux.resources = {
        memory: { limit: 134217728, reservation: 67108864, swap: 268435456 },
        cpu: { cpus: "0", shares: 100, period: 50000, quota: 25000 },
        pids: { limit: -1 },
      };
    },
    flow: `$RT run -d $ID ${QUIET}; echo $?; find /sys/fs/cgroup -path '*tvisor-parity/more/*' \\( -name memory.limit_in_bytes -o -name memory.soft_limit_in_bytes -o -name pids.max -o -name cpu.shares -o -name cpu.cfs_quota_us -o -name cpu.cfs_period_us -o -name cpuset.cpus -o -name memory.max -o -name memory.low -o -name cpu.max -o -name cpu.weight \\) | sort | xargs -r cat; $RT delete --force $ID; sleep 0.2; find /sys/fs/cgroup -name tvisor-parity -exec rmdir {} +`,
  },
  {
    title: "linux.cgroupsPath: below where we are",
    config: (c) => {
      c.process.args = ["sleep", "100"];
      c.linux.cgroupsPath = "tvisor-parity-relative";
    },
    flow: `$RT run -d --pid-file pid $ID ${QUIET}; grep -c tvisor-parity-relative /proc/$(cat pid)/cgroup; $RT delete --force $ID; sleep 0.2; find /sys/fs/cgroup -name tvisor-parity-relative | wc -l`,
  },
  // --- hooks, annotations ---------------------------------------------------------------------
  {
    title: "hooks: what is on their standard input",
    config: (c, d) => {
      c.annotations = { "org.example.a": "b" };
      c.hooks = {
        createRuntime: hook(
          `sed -E 's/"pid":[0-9]+/PID/; s/"ociVersion":"[^"]*"/VERSION/; s/parity-[0-9]+/ID/' > ${d}/log`,
        ),
      };
    },
    flow: "$RT run $ID; tr ',' '\\n' < log | tr -d '{}' | sort",
  },
  {
    title: "hooks: where they stand",
    config: (c, d) => {
      c.hooks = {
        createRuntime: hook(`pwd >> ${d}/log; echo "$0" >> ${d}/log`),
        createContainer: hook(`pwd >> ${d}/log`),
        poststop: hook(`pwd >> ${d}/log`),
      };
    },
    flow: "$RT run $ID; echo $?; sed -n 1,2p log",
  },
  {
    title: "hooks: the pid is a process that lives",
    config: (c, d) => {
      c.hooks = {
        createRuntime: hook(
          `pid=$(sed -E 's/.*"pid":([0-9]+).*/\\1/'); kill -0 $pid && echo lives > ${d}/log`,
          { env: ["PATH=/usr/bin:/bin"] },
        ),
      };
    },
    flow: "$RT run $ID; cat log",
  },
  {
    title: "hooks: one that is not there",
    config: (c) => (c.hooks = { createRuntime: [{ path: "/no/such/hook" }] }),
    flow: "$RT run $ID; echo $?; $RT list -q",
  },
  {
    title: "hooks: a path that is not absolute",
    config: (c) => (c.hooks = { prestart: [{ path: "bin/true" }] }),
    flow: "$RT run $ID; test $? -ne 0 && echo refused",
  },
  {
    title: "hooks: poststop that fails does not matter",
    config: (c) => (c.hooks = { poststop: [{ path: "/bin/false" }] }),
    flow: "$RT run $ID; echo $?; $RT list -q",
  },
  {
    title: "annotations: in the state and the list",
    config: (c) => {
      c.process.args = ["sleep", "100"];
      c.annotations = { "org.example.a": "b", "org.example.c": "" };
    },
    flow: `$RT create $ID ${QUIET}; $RT state $ID | grep example | sort; $RT list -f json | grep -o '"annotations":{[^}]*}'`,
  },
  {
    title: "fields that nobody knows",
    script: "echo fine",
    config: (c) => {
      c.nonsense = 1;
      c.process.nonsense = { a: [] };
      c.linux.nonsense = "x";
    },
  },
  // --- exec -----------------------------------------------------------------------------------
  {
    title: "exec: groups on top of the container's own",
    config: (c) => {
      c.process.args = ["sleep", "100"];
      c.process.user = { uid: 1000, gid: 2000, additionalGids: [5] };
    },
    flow: `$RT run -d $ID ${QUIET}; $RT exec $ID id -G; $RT exec -g 6 -g 7 $ID id -G; $RT exec -u 0 $ID sh -c 'id -u; id -G'; $RT exec -u 7:8 $ID sh -c 'id -u; id -G'`,
  },
  {
    title: "exec: privileges said and unsaid",
    config: (c) => (c.process.args = ["sleep", "100"]),
    flow: `$RT run -d $ID ${QUIET}; for o in --no-new-privs --no-new-privs=false ''; do $RT exec $o $ID grep NoNewPrivs /proc/self/status; done`,
  },
  {
    title: "exec: in a paused container, if that is to be ignored",
    config: (c) => (c.process.args = ["sleep", "100"]),
    flow: `$RT run -d $ID ${QUIET}; $RT pause $ID; $RT exec $ID true; echo $?; ($RT exec --ignore-paused $ID echo late > out; echo $? >> out) & sleep 1; cat out; $RT resume $ID; wait; cat out`,
  },
  {
    title: "exec: inherited descriptors",
    config: (c) => (c.process.args = ["sleep", "100"]),
    flow: `$RT run -d $ID ${QUIET}; echo gift > in; $RT exec --preserve-fds 1 $ID sh -c 'cat <&3' 3<in; echo $?`,
  },
  {
    title: "exec: what is wrong",
    config: (c) => (c.process.args = ["sleep", "100"]),
    flow: `$RT run -d $ID ${QUIET}; for o in '--cwd relative' '--user nobody' '--env' ''; do $RT exec $o $ID ${QUIET}; echo $?; done; echo '{' > p; $RT exec -p p $ID; echo $?; $RT exec -p /no/such $ID; echo $?`,
  },
  {
    title: "descriptors that systemd's habits announce",
    config: (c) => (c.process.args = ["sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3"]),
    flow: `echo gift > in; exec 3<in; LISTEN_FDS=1 LISTEN_PID=$$ $RT run $ID; echo $?`,
    // sd_listen_fds(3) wants the number of the process that is to take them, which only exec can know.
    differs:
      "runc takes LISTEN_FDS only when LISTEN_PID is its own number; a shell cannot say that",
  },
];

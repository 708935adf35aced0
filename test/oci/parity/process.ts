/** Rows about the process of a config.json: what it is, who it is, how it ends. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../bundle.ts";
import type { Row } from "../parity.ts";

const CAPS = "grep -E '^Cap' /proc/self/status";
const none = { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] };

export const PROCESS: readonly Row[] = [
  { title: "exit status 0", script: "true" },
  { title: "an exit status", script: "exit 7" },
  { title: "the highest exit status", script: "exit 255" },
  { title: "a program killed by a signal", script: "sh -c 'kill -9 $$'; echo $?" },
  { title: "its own end by a signal", args: ["sh", "-c", "exec sh -c 'kill -9 $$'"] },
  { title: "arguments as they are", args: ["printf", "[%s]\\n", "a b", "", "$HOME", "*"] },
  { title: "bytes that are no UTF-8", script: "printf 'a\\377b\\0c' | od -c" },
  { title: "environment", script: "env | sort", config: env("A=1", "B=two words", "C=") },
  { title: "HOME is the user's own", script: "echo $HOME", config: user({ uid: 1000, gid: 1000 }) },
  {
    title: "HOME of nobody in particular",
    script: "echo $HOME",
    config: user({ uid: 4711, gid: 1 }),
  },
  { title: "HOME that is set stays", script: "echo $HOME", config: env("HOME=/x") },
  {
    title: "a program found in PATH",
    args: ["hello"],
    prepare: script("opt/hello", "echo hello"),
    config: env("PATH=/opt:/bin"),
  },
  { title: "a program by its path", args: ["/bin/echo", "hi"] },
  { title: "no such program", args: ["nosuchprogram"] },
  { title: "no such path", args: ["/no/such/path"] },
  { title: "a directory is no program", args: ["/etc"] },
  { title: "a file that may not be executed", args: ["/etc/passwd"] },
  { title: "working directory", script: "pwd", config: (c) => (c.process.cwd = "/home/ada") },
  {
    title: "working directory that is made",
    script: "pwd; ls -ld . | cut -c1-10",
    config: (c) => (c.process.cwd = "/a/b/c"),
  },
  {
    title: "user and group",
    script: "id -u; id -g; id -G",
    config: user({ uid: 1000, gid: 2000 }),
  },
  {
    title: "more groups",
    script: "id -G",
    config: user({ uid: 1000, gid: 1000, additionalGids: [2000, 5, 77] }),
  },
  {
    title: "umask",
    script: "umask; touch /tmp/x; stat -c %a /tmp/x",
    config: user({ uid: 0, gid: 0, umask: 0o027 }),
  },
  { title: "umask by default", script: "umask" },
  { title: "capabilities of root", script: CAPS },
  {
    title: "capabilities taken from root",
    script: CAPS,
    config: (c) => (c.process.capabilities = none),
  },
  { title: "no word of capabilities", script: CAPS, config: (c) => delete c.process.capabilities },
  {
    title: "capabilities of a user are gone by exec",
    script: CAPS,
    config: (c) => (c.process.user = { uid: 1000, gid: 1000 }),
  },
  {
    title: "ambient capabilities of a user",
    script: CAPS,
    config: (c) => {
      const some = ["CAP_NET_BIND_SERVICE", "CAP_KILL"];
      c.process.user = { uid: 1000, gid: 1000 };
      c.process.capabilities = {
        bounding: some,
        effective: some,
        permitted: some,
        inheritable: some,
        ambient: some,
      };
    },
  },
  {
    title: "a bounding set alone",
    script: CAPS,
    config: (c) => (c.process.capabilities = { ...none, bounding: ["CAP_CHOWN", "CAP_KILL"] }),
  },
  {
    title: "a capability is needed",
    script: "chown 5:5 /etc/group; echo $?",
    config: (c) => (c.process.capabilities = none),
  },
  { title: "no new privileges", script: "grep NoNewPrivs /proc/self/status" },
  {
    title: "new privileges allowed",
    script: "grep NoNewPrivs /proc/self/status",
    config: (c) => (c.process.noNewPrivileges = false),
  },
  {
    title: "resource limits",
    script: "ulimit -n; ulimit -Hn; ulimit -c; ulimit -f",
    config: (c) =>
      (c.process.rlimits = [
        { type: "RLIMIT_NOFILE", soft: 100, hard: 200 },
        { type: "RLIMIT_CORE", soft: 0, hard: 0 },
        { type: "RLIMIT_FSIZE", soft: 1048576, hard: 1048576 },
      ]),
  },
  {
    title: "a resource limit holds",
    script: 'for i in 3 4 5 6 7 8 9; do eval "exec $i</dev/null" || break; done; echo $i',
    config: (c) => (c.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 6, hard: 6 }]),
  },
  {
    title: "out-of-memory score",
    script: "cat /proc/self/oom_score_adj",
    config: (c) => (c.process.oomScoreAdj = 321),
  },
  {
    title: "a script with an interpreter",
    args: ["/tmp/script", "x"],
    prepare: script("tmp/script", "echo $0 $1"),
  },
  { title: "standard input at its end", script: "cat; echo done" },
  { title: "standard error apart", script: "echo out; echo err >&2" },
  { title: "much output", script: "seq 1 20000 | md5sum; seq 1 20000" },
  { title: "the first process is 1", script: "echo $$" },
  { title: "children get the next numbers", script: "sh -c 'echo $$; echo $PPID'" },
  {
    title: "a session of its own",
    script:
      "cut -d' ' -f5-6 /proc/self/stat | tr -d '\\n' >/dev/null; sh -c 'set -- $(cat /proc/1/stat); echo $1 $4 $5 $6'",
  },
  {
    title: "orphans come to the first process",
    script:
      'sh -c \'sh -c "sleep 0.2; set -- \\$(cat /proc/self/stat); cat /proc/\\$\\$/stat | cut -d\\" \\" -f4" & exit 0\'; sleep 0.6',
  },
  { title: "all ends with the first process", script: "sleep 100 & exit 3" },
  { title: "descriptors are the three streams", script: "ls /proc/self/fd | head -3" },
  {
    title: "signals are as a new program has them",
    script: "grep -E '^Sig(Blk|Ign)' /proc/1/status",
  },
];

function script(name: string, text: string) {
  return (directory: string) => {
    const path = join(directory, "rootfs", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  };
}

function env(...entries: string[]) {
  return (config: Config) => {
    config.process.env = [
      ...config.process.env.filter(
        (each: string) => !entries.some((e) => e.startsWith("PATH=") && each.startsWith("PATH=")),
      ),
      ...entries,
    ];
  };
}

function user(fields: object) {
  return (config: Config) => {
    config.process.user = fields;
  };
}

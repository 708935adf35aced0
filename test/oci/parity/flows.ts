/** Rows that drive a runtime by its commands, as engines do. */
import type { Config } from "../bundle.ts";
import type { Row } from "../parity.ts";

const sleeper = (config: Config) => {
  config.process.args = ["sleep", "100"];
};
const QUIET = "</dev/null >/dev/null 2>&1";
const STATUS = '$RT state $ID | sed -n \'s/.*"status": "\\(.*\\)".*/\\1/p\'';
const WAIT_STOP = `for i in $(seq 50); do [ "$(${STATUS})" = stopped ] && break; sleep 0.1; done`;

export const FLOWS: readonly Row[] = [
  {
    title: "created, running, stopped",
    config: sleeper,
    flow: `$RT create $ID ${QUIET}; echo $?; ${STATUS}; $RT start $ID; echo $?; ${STATUS}; $RT kill $ID KILL; echo $?; ${WAIT_STOP}; ${STATUS}; $RT delete $ID; echo $?; $RT state $ID; echo $?`,
  },
  {
    title: "fields of the state",
    config: (c) => {
      sleeper(c);
      c.annotations = { "org.example.key": "value" };
    },
    flow: `$RT create $ID ${QUIET}; $RT state $ID | sed -E 's/("pid": )[0-9]+/\\1N/; s/("created": ").*Z/\\1T/; s/parity-[0-9]+/ID/; s/("ociVersion": ").*"/\\1V"/'`,
  },
  {
    title: "an id is taken once",
    config: sleeper,
    flow: `$RT create $ID ${QUIET}; $RT create $ID ${QUIET}; echo $?; ${STATUS}`,
  },
  {
    title: "ids with odd letters",
    flow: "for id in a/b ../x . '' 'a b' 'a*'; do $RT run \"$id\" >/dev/null; echo $?; done",
  },
  {
    title: "nothing of that name",
    flow: "for c in state start kill delete pause resume ps; do $RT $c nosuch >/dev/null 2>&1; echo $c $?; done; $RT exec nosuch true; echo $?; $RT delete --force nosuch; echo $?",
  },
  {
    title: "started once",
    config: sleeper,
    flow: `$RT create $ID ${QUIET}; $RT start $ID; $RT start $ID; echo $?`,
  },
  {
    title: "not deleted while it runs",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; $RT delete $ID; echo $?; ${STATUS}; $RT delete --force $ID; echo $?; $RT state $ID; echo $?`,
  },
  {
    title: "deleted before it was started",
    config: sleeper,
    flow: `$RT create $ID ${QUIET}; $RT delete $ID; echo $?; $RT list -q`,
  },
  {
    title: "a signal by name and number",
    config: (c) => {
      c.process.args = [
        "sh",
        "-c",
        "trap 'echo usr1 >> /log' USR1; trap 'echo usr2 >> /log' USR2; trap 'exit 9' TERM; echo ready > /log; while true; do sleep 0.05; done",
      ];
    },
    flow: `$RT run -d $ID ${QUIET}; for i in $(seq 50); do [ -s rootfs/log ] && break; sleep 0.1; done; for s in USR1 SIGUSR2 10 usr2; do $RT kill $ID $s; sleep 0.3; done; cat rootfs/log; $RT kill $ID; ${WAIT_STOP}; ${STATUS}`,
  },
  {
    title: "a signal that is none",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; $RT kill $ID NOSUCH; echo $?; ${STATUS}`,
  },
  {
    title: "a signal to what has ended",
    flow: `$RT run -d $ID ${QUIET}; ${WAIT_STOP}; $RT kill $ID KILL; echo $?; $RT kill --all $ID KILL; echo $?`,
  },
  {
    title: "exec and its status",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; $RT exec $ID echo hi; echo $?; $RT exec $ID sh -c 'exit 42'; echo $?; $RT exec $ID nosuch; echo $?; $RT exec $ID sh -c 'kill -9 $$'; echo $?`,
  },
  {
    title: "exec with streams",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; echo input | $RT exec $ID tr a-z A-Z; $RT exec $ID sh -c 'echo out; echo err >&2' 2>/dev/null; $RT exec $ID seq 1 5000 | md5sum`,
  },
  {
    title: "exec with options",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; $RT exec --cwd /home -e A=b -e C=d --user 1000:2000 $ID sh -c 'pwd; echo $A $C; id -u; id -g'; $RT exec -g 5 -g 6 -u 1000 $ID id -G; $RT exec --cap CAP_SYS_ADMIN $ID grep CapEff /proc/self/status`,
  },
  {
    title: "exec with a file",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; echo '{"args":["sh","-c","id -u; pwd; echo $X"],"env":["X=y","PATH=/bin"],"cwd":"/tmp","user":{"uid":1000,"gid":1000}}' > p.json; $RT exec --process p.json $ID; echo $?`,
  },
  {
    title: "exec, detached",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; $RT exec -d --pid-file pid $ID sh -c 'echo x > /made' ${QUIET}; echo $?; sleep 0.5; cat rootfs/made; grep -c '^[0-9]*$' pid`,
  },
  {
    title: "exec sees the container's processes",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; $RT exec $ID sh -c 'tr "\\0" " " < /proc/1/cmdline'`,
  },
  {
    title: "exec in what does not run",
    config: sleeper,
    flow: `$RT create $ID ${QUIET}; $RT kill $ID KILL; ${WAIT_STOP}; $RT exec $ID true; echo $?`,
  },
  {
    title: "exec in what was only created",
    config: sleeper,
    flow: `$RT create $ID ${QUIET}; $RT exec $ID echo early; echo $?`,
  },
  {
    title: "paused and resumed",
    config: sleeper,
    flow: `$RT run -d $ID ${QUIET}; $RT pause $ID; echo $?; ${STATUS}; $RT exec $ID true; echo $?; $RT resume $ID; echo $?; ${STATUS}; $RT resume $ID; echo $?`,
  },
  {
    title: "nothing moves while it is paused",
    config: (c) => {
      c.process.args = ["sh", "-c", "while true; do echo x >> /log; sleep 0.02; done"];
    },
    flow: `$RT run -d $ID ${QUIET}; sleep 0.5; $RT pause $ID; sleep 0.1; a=$(wc -l < rootfs/log); sleep 0.5; b=$(wc -l < rootfs/log); [ $a = $b ] && echo still; $RT resume $ID; sleep 0.5; c=$(wc -l < rootfs/log); [ $c -gt $b ] && echo moves`,
  },
  {
    title: "a list",
    config: sleeper,
    flow: `$RT list; $RT list -q; $RT list -f json; $RT create $ID ${QUIET}; $RT list -q | sed 's/[0-9].*//'; $RT list | awk '{print $3, $4}'; $RT list --format json | grep -o '"status":"[a-z]*"'`,
  },
  {
    title: "a pid file",
    config: sleeper,
    flow: `$RT create --pid-file pid $ID ${QUIET}; p=$(cat pid); $RT state $ID | grep -c "\\"pid\\": $p,"; kill -0 $p && echo lives`,
  },
  {
    title: "the pid ends with the container",
    config: (c) => {
      c.process.args = ["sh", "-c", "sleep 0.3; exit 5"];
    },
    flow: `$RT run -d --pid-file pid $ID ${QUIET}; sleep 1.5; kill -0 $(cat pid) 2>/dev/null && awk '/State/{print $2}' /proc/$(cat pid)/status | grep -v Z; ${STATUS}`,
  },
  {
    title: "killing the pid stops the container",
    config: sleeper,
    flow: `$RT run -d --pid-file pid $ID ${QUIET}; kill -9 $(cat pid); ${WAIT_STOP}; ${STATUS}; $RT delete $ID; echo $?`,
  },
  {
    title: "errors in the log",
    flow: '$RT --log log.json --log-format json state nosuch; echo $?; sed -E \'s/"time":"[^"]*"/T/\' log.json; $RT --log log state nosuch; sed -E \'s/^time=[^ ]*//\' log',
  },
  {
    title: "a config that is not there",
    flow: "mkdir empty; $RT run --bundle empty $ID; echo $?; $RT run --bundle /no/such/dir $ID; echo $?",
  },
  { title: "a config that is not JSON", flow: "echo '{' > config.json; $RT run $ID; echo $?" },
  { title: "no arguments", config: (c) => (c.process.args = []), flow: "$RT run $ID; echo $?" },
  {
    title: "a relative working directory",
    config: (c) => (c.process.cwd = "etc"),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "a root that is not there",
    config: (c) => (c.root.path = "nothing"),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "a limit that is none",
    config: (c) => (c.process.rlimits = [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }]),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "wrong use",
    flow: "$RT create >/dev/null; echo $?; $RT create a b >/dev/null; echo $?; $RT create --nosuchflag x >/dev/null; echo $?",
  },
  {
    title: "a config to begin with",
    flow: "rm config.json; $RT spec; echo $?; $RT spec; echo $?; grep -c namespaces config.json",
  },
  {
    title: "inherited descriptors",
    config: (c) => {
      c.process.args = ["sh", "-c", "cat <&3; echo back >&4"];
    },
    flow: "echo gift > in; $RT run --preserve-fds 2 $ID 3<in 4>out; echo $?; cat out",
  },
  { title: "what is left of a run", flow: "$RT run $ID; echo $?; $RT list -q" },
  {
    title: "memory and processes are limited",
    config: (c) => {
      sleeper(c);
      c.linux.cgroupsPath = "/tvisor-parity/limits";
      c.linux.resources = {
        memory: { limit: 268435456 },
        pids: { limit: 500 },
        cpu: { shares: 512, quota: 50000, period: 100000 },
      };
    },
    flow: `$RT run -d $ID ${QUIET}; find /sys/fs/cgroup -path '*tvisor-parity/limits/*' \\( -name memory.limit_in_bytes -o -name pids.max -o -name cpu.shares -o -name cpu.cfs_quota_us -o -name memory.max -o -name cpu.max \\) | sort | xargs cat; $RT update --memory 134217728 --pids-limit 300 $ID; echo $?; find /sys/fs/cgroup -path '*tvisor-parity/limits/*' \\( -name memory.limit_in_bytes -o -name pids.max -o -name memory.max \\) | sort | xargs cat; $RT delete --force $ID; sleep 0.2; find /sys/fs/cgroup -path '*tvisor-parity/limits' | wc -l; find /sys/fs/cgroup -name tvisor-parity -exec rmdir {} +`,
  },
  {
    title: "the process is in its control group",
    config: (c) => {
      sleeper(c);
      c.linux.cgroupsPath = "/tvisor-parity/place";
    },
    flow: `$RT run -d --pid-file pid $ID ${QUIET}; grep -c tvisor-parity/place /proc/$(cat pid)/cgroup; $RT delete --force $ID; sleep 0.2; find /sys/fs/cgroup -name tvisor-parity -exec rmdir {} +`,
  },
  {
    title: "hooks, in their order",
    config: (c, d) => {
      const hook = (name: string) => [
        {
          path: "/bin/sh",
          args: [
            "sh",
            "-c",
            `printf '${name} ' >> ${d}/log; sed -E 's/.*"status":"([a-z]*)".*/\\1/' >> ${d}/log; echo >> ${d}/log`,
          ],
        },
      ];
      c.hooks = Object.fromEntries(
        ["prestart", "createRuntime", "createContainer", "poststart", "poststop"].map((name) => [
          name,
          hook(name),
        ]),
      );
    },
    // runc 1.1 says "created" where the specification says "running".
    show: (output) => output.replace(/poststart \w+/, "poststart"),
    flow: "$RT create $ID </dev/null >/dev/null; $RT start $ID; sleep 0.5; $RT delete --force $ID; cat log",
  },
  {
    title: "startContainer hooks run inside",
    config: (c) => {
      const script =
        'grep -o \'"status":"[a-z]*"\' > /log; hostname >> /log; echo $A >> /log; id -u >> /log';
      c.hooks = {
        startContainer: [
          { path: "/bin/sh", args: ["sh", "-c", script], env: ["A=b", "PATH=/bin"] },
        ],
      };
      c.process.args = ["cat", "/log"];
    },
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "a startContainer hook that fails",
    config: (c) => {
      c.hooks = { startContainer: [{ path: "/bin/false" }] };
      c.process.args = ["echo", "never"];
    },
    flow: "$RT run $ID",
  },
  {
    title: "a signal to what was only created",
    config: sleeper,
    flow: `$RT create $ID ${QUIET}; $RT kill $ID TERM; ${WAIT_STOP}; ${STATUS}; $RT start $ID; echo $?`,
  },
  {
    title: "a hook that fails",
    config: (c) => (c.hooks = { prestart: [{ path: "/bin/false" }] }),
    flow: "$RT run $ID; echo $?; $RT list -q",
  },
  {
    title: "a poststart hook that fails",
    config: (c) => (c.hooks = { poststart: [{ path: "/bin/false" }] }),
    flow: "$RT run $ID >/dev/null; echo $?",
  },
  {
    title: "a hook that takes too long",
    config: (c) =>
      (c.hooks = { createRuntime: [{ path: "/bin/sleep", args: ["sleep", "5"], timeout: 1 }] }),
    flow: "$RT run $ID; echo $?",
  },
  {
    title: "a hook's environment",
    config: (c, d) =>
      (c.hooks = {
        createRuntime: [
          {
            path: "/bin/sh",
            args: ["sh", "-c", `env | grep -E '^(A|PATH)=' | sort > ${d}/log`],
            env: ["A=b"],
          },
        ],
      }),
    flow: "$RT run $ID; cat log",
  },
];

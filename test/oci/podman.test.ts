/**
 * podman runs containers on tvisor as on runc: each row is done with both, and what it says is the same.
 *  - A row returns what is compared; names of containers that podman makes up are not part of it.
 *  - crun is podman's usual runtime; runc is asked, as crun refuses hosts whose control groups are of both
 *    versions.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launcher } from "../compare.ts";
import { makeRoot, whyNoReference } from "./bundle.ts";
import { Podman, whyNoPodman } from "./podman.ts";

const REFERENCE = "/usr/sbin/runc";
const place = mkdtempSync(join(tmpdir(), "tvisor-podman-"));
const skip = whyNoPodman();
const noReference = skip === false ? whyNoReference() : "";
const engines: Podman[] = [];
/** A user namespace whose ids are others on the host. */
const MAPPED = ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"];

before(() => {
  if (skip !== false) return;
  // Who is root inside only must get to his files.
  chmodSync(place, 0o755);
  makeRoot(join(place, "root"));
  const archive = join(place, "root.tar");
  execFileSync("tar", ["-C", join(place, "root"), "-cf", archive, "."]);
  const runtimes = noReference === "" ? [launcher(), REFERENCE] : [launcher()];
  runtimes.forEach((runtime, i) => {
    const podman = new Podman(join(place, `${i}`), runtime);
    engines.push(podman);
    podman.ok("import", "--change", "ENV PATH=/bin", archive, "box");
  });
});

after(() => {
  for (const podman of engines) podman.close();
  rmSync(place, { recursive: true, force: true });
});

type Row = (podman: Podman) => unknown;

/** One container that runs a script and goes. */
function once(options: string[], script: string): Row {
  return (podman) => {
    const { code, out } = podman.call(["run", "--rm", ...options, "box", "sh", "-c", script]);
    return { code, out };
  };
}

function compare(rows: Readonly<Record<string, Row>>): void {
  for (const [title, row] of Object.entries(rows))
    test(`podman: ${title}`, { skip: skip || noReference || false }, () => {
      const [ours, theirs] = engines.map(row);
      assert.deepEqual(ours, theirs);
    });
}

const shared = (podman: Podman) => {
  const directory = join(podman.place, "shared");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "in"), "given\n");
  return directory;
};

test("podman: the kernel is tvisor's, and nothing but the first word of a refusal says so", {
  skip,
}, () => {
  const [podman] = engines;
  assert.match(podman!.ok("run", "--rm", "box", "uname", "-r"), /tvisor/);
  assert.match(
    podman!.call(["run", "--rm", "box", "nosuch"]).err,
    /^Error: \S+: tvisor create failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH/,
  );
});

test("podman: an ID-mapped volume, which needs a newer runtime than the reference is", {
  skip,
}, () => {
  const [podman] = engines;
  const volume = `${join(place, "root")}:/v:idmap`;
  const script = "stat -c %u:%g /v /v/home/ada; touch /v/made; stat -c %u:%g /v/made";
  const said = podman!.ok("run", "--rm", ...MAPPED, "-v", volume, "box", "sh", "-c", script);
  assert.equal(said, "0:0\n1000:1000\n0:0\n");
  assert.equal(statSync(join(place, "root/made")).uid, 0);
  rmSync(join(place, "root/made"));
});

compare({
  "exit statuses": (podman) =>
    [
      ["true"],
      ["false"],
      ["sh", "-c", "exit 9"],
      ["nosuch"],
      ["/etc"],
      ["sh", "-c", "kill -9 $$"],
    ].map((words) => podman.call(["run", "--rm", "box", ...words]).code),
  "standard input": (podman) => podman.call(["run", "--rm", "-i", "box", "cat"], "typed").out,
  "standard error apart": (podman) => podman.call(["run", "--rm", "box", "sh", "-c", "echo e >&2"]),
  "a terminal": (podman) => {
    const { code, out } = podman.typed(
      "run",
      "--rm",
      "-it",
      "box",
      "sh",
      "-c",
      "tty; sleep 0.3; exit 3",
    );
    return { code, tty: /\/dev\/\S+/.exec(out)?.[0] };
  },
  "name, environment, directory": once(
    ["--hostname", "name", "-e", "A=b", "-w", "/home"],
    "hostname; echo $A; pwd; cat /etc/hostname",
  ),
  "a user and groups": once(["--user", "1000:2000", "--group-add", "7"], "id -u; id -g; id -G"),
  "a user namespace": once(
    MAPPED,
    "cat /proc/self/uid_map /proc/self/gid_map; id; touch /f; echo x >> /etc/hosts; stat -c '%u:%g %n' / /f /home/ada /etc/hosts /dev /dev/null /dev/shm; chown 70000 /f; echo $?",
  ),
  "a user of a user namespace": once(
    [...MAPPED, "--user", "ada"],
    "id; touch /home/ada/f; echo $?",
  ),
  "a volume in a user namespace": (podman) =>
    once(
      [...MAPPED, "-v", `${shared(podman)}:/v`],
      "stat -c %u:%g /v /v/in; cat /v/in; touch /v/new; echo $?",
    )(podman),
  "exec into a user namespace": (podman) => {
    podman.ok("run", "-d", "--name", "mapped", ...MAPPED, "box", "sleep", "100");
    const said = podman.ok("exec", "-u", "ada", "mapped", "sh", "-c", "cat /proc/self/uid_map; id");
    podman.ok("rm", "-f", "-t", "0", "mapped");
    return said;
  },
  "a user by name": once(["--user", "ada"], "id"),
  "no capabilities": once(["--cap-drop", "ALL"], "grep Cap /proc/self/status"),
  "one capability more": once(["--cap-add", "SYS_PTRACE"], "grep Cap /proc/self/status"),
  "another user's capabilities": once(["--user", "ada"], "grep Cap /proc/self/status"),
  privileged: once(
    ["--privileged"],
    "mount -t tmpfs none /tmp && grep ' /tmp ' /proc/mounts | wc -l",
  ),
  "no new privileges": once(
    ["--security-opt", "no-new-privileges"],
    "grep NoNewPrivs /proc/self/status",
  ),
  "a seccomp profile, and none": (podman) =>
    [[], ["--security-opt", "seccomp=unconfined"]].map((options) =>
      once(options, "grep Seccomp: /proc/self/status; unshare -m true; echo $?")(podman),
    ),
  limits: once(
    ["--ulimit", "nofile=99:100", "--ulimit", "nproc=98:99"],
    "grep -E 'open files|Max proc' /proc/self/limits",
  ),
  "memory and processes": once(["-m", "64m", "--pids-limit", "100"], "echo fits"),
  umask: once(["--umask", "0077"], "umask"),
  sysctl: once(["--sysctl", "kernel.shm_rmid_forced=1"], "cat /proc/sys/kernel/shm_rmid_forced"),
  "oom score": once(["--oom-score-adj", "100"], "cat /proc/self/oom_score_adj"),
  devices: once(
    ["--device", "/dev/null:/dev/nul2"],
    "stat -c '%A %t %T' /dev/nul2; echo x > /dev/nul2",
  ),
  "the devices of every container": once([], "cd /dev; stat -c '%n %A %t %T' *"),
  init: (podman) =>
    existsSync("/usr/bin/catatonit")
      ? once(["--init"], "cat /proc/1/comm; echo $$")(podman)
      : "catatonit is not installed",
  "a volume of the host": (podman) => {
    const directory = shared(podman);
    const volume = ["-v", `${directory}:/v`];
    const made = once(volume, "cat /v/in; echo made > /v/out")(podman);
    return [made, readFileSync(join(directory, "out"), "utf8")];
  },
  "a volume of the host, to read only": (podman) => {
    const mount = `type=bind,src=${shared(podman)},dst=/m,ro`;
    return once(["--mount", mount], "cat /m/in; touch /m/x; echo $?")(podman);
  },
  "a named volume": (podman) => [
    once(["-v", "kept:/k"], "echo stays > /k/f")(podman),
    once(["-v", "kept:/k"], "cat /k/f")(podman),
  ],
  tmpfs: once(["--tmpfs", "/t:size=1m,mode=700"], "df /t | tail -1; stat -c %a /t"),
  "shared memory": once(["--shm-size", "2m"], "stat -f -c %b /dev/shm; echo x > /dev/shm/f"),
  "a root to read only": once(["--read-only"], "touch /x; echo $?; touch /tmp/x /run/y; echo $?"),
  "masked files": once(
    [],
    "head -c 1 /proc/keys | wc -c; ls /sys/firmware; touch /proc/sys/x; echo $?",
  ),
  "descriptors that are passed": (podman) => {
    const words = ["run", "--rm", "--preserve-fds", "1", "box", "sh", "-c", "cat <&3"];
    const file = join(shared(podman), "in");
    return podman.under(["sh", "-c", `exec "$@" 3<${file}`, "sh"], words).out;
  },
  "the host's network": once(["--network", "host"], "hostname; ls -d /sys/class/net/lo"),
  "a time that is over": (podman) =>
    podman.call(["run", "--rm", "--timeout", "1", "box", "sleep", "100"]).code,
});

/** The program of a pod's first container, of the image that there is. */
const INFRA = ["--infra-image", "box", "--infra-command", "/bin/sleep 1000"];
const SERVER = "trap 'echo bye; exit 7' TERM; echo up; while true; do sleep 0.1; done";

/** A container that runs, for a row that ends it. */
function serving(podman: Podman, ...options: string[]): void {
  podman.ok("run", "-d", "--name", "server", ...options, "box", "sh", "-c", SERVER);
  podman.until(/^up$/m, "logs", "server");
}

function over(podman: Podman): string {
  podman.ok("rm", "-f", "-t", "0", "server");
  return podman.ok("ps", "-aq");
}

compare({
  "exec: output, status, input, user, directory, what there is not, detached": (podman) => {
    serving(podman);
    const said = [
      podman.call(["exec", "server", "echo", "in"]),
      podman.call(["exec", "server", "sh", "-c", "exit 5"]).code,
      podman.call(["exec", "-i", "server", "tr", "a-z", "A-Z"], "text").out,
      podman.ok(
        "exec",
        "-u",
        "ada",
        "-w",
        "/tmp",
        "-e",
        "A=b",
        "server",
        "sh",
        "-c",
        "id -u; pwd; echo $A",
      ),
      podman.call(["exec", "server", "nosuch"]).code,
      podman.call(["exec", "--privileged", "server", "grep", "CapBnd", "/proc/self/status"]).code,
    ];
    podman.ok("exec", "-d", "server", "sh", "-c", "echo later > /made");
    podman.until(/later/, "exec", "server", "cat", "/made");
    return [...said, over(podman)];
  },
  "a terminal of exec": (podman) => {
    serving(podman);
    const { code, out } = podman.typed(
      "exec",
      "-it",
      "server",
      "sh",
      "-c",
      "tty; sleep 0.3; exit 4",
    );
    return [code, /\/dev\/\S+/.exec(out)?.[0], over(podman)];
  },
  "stop: the program's own last words and status; started again": (podman) => {
    serving(podman);
    podman.ok("stop", "-t", "10", "server");
    const first = podman.ok("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "server");
    const words = podman.ok("logs", "server");
    podman.ok("start", "server");
    podman.until(/up\nbye\nup/, "logs", "server");
    podman.ok("kill", "server");
    return [first, words, podman.ok("wait", "server"), over(podman)];
  },
  "stop of what does not listen": (podman) => {
    podman.ok("run", "-d", "--name", "server", "box", "sleep", "1000");
    podman.ok("stop", "-t", "1", "server");
    return [podman.ok("inspect", "-f", "{{.State.ExitCode}}", "server"), over(podman)];
  },
  "signals, restart": (podman) => {
    podman.ok(
      "run",
      "-d",
      "--name",
      "server",
      "box",
      "sh",
      "-c",
      "trap 'echo usr' USR1; echo up; while true; do sleep 0.1; done",
    );
    podman.until(/up/, "logs", "server");
    podman.ok("kill", "-s", "USR1", "server");
    podman.until(/usr/, "logs", "server");
    podman.ok("restart", "-t", "0", "server");
    podman.until(/up\nusr\nup/, "logs", "server");
    return over(podman);
  },
  pause: (podman) => {
    serving(podman);
    podman.ok("pause", "server");
    const paused = podman.ok("ps", "--format", "{{.Names}} {{.State}}");
    const refused = podman.call(["exec", "server", "true"]).code;
    podman.ok("unpause", "server");
    return [paused, refused, podman.ok("exec", "server", "echo", "again"), over(podman)];
  },
  "what ps and stats tell": (podman) => {
    serving(podman, "-m", "128m");
    const stats = podman.ok(
      "stats",
      "--no-stream",
      "--format",
      "{{.Name}} {{.MemUsage}} {{.PIDs}}",
    );
    const [name, used, limit, pids] = /^(\S+) (\S+) \/ (\S+) (\d+)/.exec(stats)!.slice(1);
    // Podman says since when, which is one second on one side and less on the other.
    const listed = podman
      .ok("ps", "--format", "{{.Names}} {{.Image}} {{.State}}")
      .replace(/Up .* ago/, "Up");
    return [name, Number.parseFloat(used!) > 0, limit, Number(pids) > 0, listed, over(podman)];
  },
  "new limits": (podman) => {
    serving(podman, "-m", "128m");
    const words = ["update", "--memory", "256m", "server"];
    return [podman.call(words).code, over(podman)];
  },
  "copies of files, when it does not run; changes; a new image": (podman) => {
    podman.ok("create", "--name", "server", "box", "sh", "-c", "cat /sent; echo made > /made");
    const sent = join(podman.place, "sent");
    writeFileSync(sent, "sent\n");
    podman.ok("cp", sent, "server:/sent");
    const said = podman.ok("start", "-a", "server");
    podman.ok("cp", "server:/made", join(podman.place, "back"));
    const changes = podman
      .ok("diff", "server")
      .split("\n")
      .filter((line) => /made|sent/.test(line));
    podman.ok("commit", "-q", "server", "box-made");
    const kept = podman.ok("run", "--rm", "box-made", "cat", "/made");
    return [
      said,
      readFileSync(join(podman.place, "back"), "utf8"),
      changes.sort(),
      kept,
      over(podman),
    ];
  },
  "a health check": (podman) => {
    const check = ["--health-cmd", "test -e /tmp", "--health-interval", "disable"];
    serving(podman, ...check);
    return [podman.call(["healthcheck", "run", "server"]).code, over(podman)];
  },
  "a pod: one network, its processes seen by all, one of them stopped": (podman) => {
    podman.ok(
      "pod",
      "create",
      "--name",
      "pod",
      "--network",
      "none",
      "--share",
      "net,ipc,uts,pid",
      ...INFRA,
    );
    const server = "while true; do echo hello | nc -l -p 80; done";
    podman.ok("run", "-d", "--pod", "pod", "--name", "one", "box", "sh", "-c", server);
    podman.ok("run", "-d", "--pod", "pod", "--name", "two", "box", "sleep", "1000");
    podman.until(/hello/, "exec", "two", "nc", "-w", "2", "127.0.0.1", "80");
    const seen = podman.ok("exec", "two", "ps", "-o", "args").includes("echo hello");
    const names = podman.ok("exec", "one", "hostname");
    podman.ok("stop", "-t", "0", "one");
    const left = podman.ok("ps", "--format", "{{.Names}}", "--filter", "name=one|two");
    podman.ok("start", "one");
    podman.until(/hello/, "exec", "two", "nc", "-w", "2", "127.0.0.1", "80");
    const state = podman.ok("pod", "ps", "--format", "{{.Status}} {{.NumberOfContainers}}");
    podman.ok("pod", "rm", "-f", "-t", "0", "pod");
    return [seen, names, left, state, podman.ok("ps", "-aq")];
  },
});

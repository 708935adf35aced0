/**
 * containerd's CRI socket, which a kubelet speaks to, has its pods run by tvisor as by runc: one daemon
 * of the test's own, with a runtime handler for each; each scene is played with both, and what it saw is
 * the same.
 *  - Debian has no crictl: cri/ speaks the protocol.
 *  - The images are made here, that of the pods' own processes too. Snapshots are copies ("native").
 *  - Pods are in the host's network, but for those that have one by CNI's plugins.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launcher } from "../compare.ts";
import { makeRoot, whyNoReference } from "./bundle.ts";
import { groupsNamed, removeGroup } from "./cgroups.ts";
import { Cri, type Message } from "./cri/client.ts";
import { leftOf, type Place, Pod, until } from "./cri/pod.ts";
import { openStream } from "./cri/stream.ts";
import { CONTAINERD, endDaemon, startContainerd, unmountBelow } from "./daemon.ts";
import { layerOf, makeImage } from "./image.ts";

const IMAGE = "localhost/box:latest";
const PAUSE = "localhost/pause:latest";
const RUNC = "/usr/sbin/runc";
const CNI = "/usr/lib/cni";
const place = mkdtempSync(join(tmpdir(), "tvisor-cri-"));
const address = join(place, "containerd.sock");
const logs = join(place, "logs");
const shared = join(place, "shared");
const group = `tvisor-cri-${process.pid}`;
const skip = whyNot();
let daemon: ChildProcess | null = null;
let cri: Cri;
let here: Place;

function whyNot(): string | false {
  if (process.geteuid!() !== 0) return "containerd needs root";
  if (!existsSync(CONTAINERD)) return "containerd is not installed";
  return whyNoReference() || false;
}

const names = ["tvisor", "runc"];
const runtimes: Readonly<Record<string, string>> = { tvisor: launcher(), runc: RUNC };

function criConfig(): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const handlers = Object.entries(runtimes).map(
    ([name, binary]) => `[${cri}.containerd.runtimes.${name}]
  runtime_type = "io.containerd.runc.v2"
  [${cri}.containerd.runtimes.${name}.options]
    BinaryName = "${binary}"
    Root = "${place}/${name}"
`,
  );
  return `[${cri}]
  sandbox_image = "${PAUSE}"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_hugetlb_controller = true
  restrict_oom_score_adj = true
  [${cri}.cni]
    bin_dir = "${CNI}"
    conf_dir = "${place}/cni"
  [${cri}.containerd]
    snapshotter = "native"
    default_runtime_name = "runc"
${handlers.join("")}`;
}

function ctr(...words: string[]): number | null {
  const options = ["-a", address, "-n", "k8s.io", ...words];
  const { status, stderr } = spawnSync("/usr/bin/ctr", options, {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (words[0] === "images") assert.equal(status, 0, stderr);
  return status;
}

before(async () => {
  if (skip !== false) return;
  const root = join(place, "root");
  makeRoot(root);
  for (const directory of [logs, shared, join(place, "cni")]) mkdirSync(directory);
  // What is mounted below it later reaches containers that want that.
  for (const words of [
    ["--bind", shared, shared],
    ["--make-shared", shared],
  ])
    execFileSync("mount", words);
  const layer = layerOf(root);
  daemon = startContainerd(place, address, criConfig());
  await until("containerd", () => ctr("version") === 0);
  writeFileSync(join(place, "cni/10-test.conflist"), JSON.stringify(conflist));
  cri = new Cri(address);
  here = { cri, image: IMAGE, logs, group };
  const Env = ["PATH=/bin"];
  const images = { [IMAGE]: { Env }, [PAUSE]: { Env, Cmd: ["sleep", "1000000"] } };
  for (const [name, settings] of Object.entries(images)) {
    const layout = join(place, name.replaceAll(/\W/g, "-"));
    ctr("images", "import", "--snapshotter", "native", makeImage(layout, name, layer, settings));
    await until(
      name,
      async () => (await cri.call("ImageStatus", { image: { image: name } })).image,
    );
  }
});

/** What a scene that failed has left. */
async function removePods(): Promise<void> {
  const { items } = await cri.call("ListPodSandbox");
  for (const { id } of items)
    for (const name of ["StopPodSandbox", "RemovePodSandbox"])
      await cri.call(name, { pod_sandbox_id: id }).catch(() => {});
}

after(async () => {
  if (cri !== undefined) await removePods();
  cri?.close();
  if (daemon !== null) await endDaemon(daemon);
  unmountBelow(place);
  spawnSync("ip", ["link", "delete", BRIDGE]);
  rmSync(place, { recursive: true, force: true });
  for (const each of groupsNamed(group)) removeGroup(each);
});

type Scene = (pod: Pod) => Promise<unknown>;
type Change = (config: Message) => void;

async function play(runtime: string, change: Change, scene: Scene): Promise<unknown> {
  const pod = await Pod.run(here, runtime, change);
  let said: unknown;
  try {
    said = await scene(pod);
  } catch (error) {
    await pod.remove().catch(() => {});
    throw error;
  }
  await pod.remove();
  const left = leftOf(pod.ids, group, [join(place, runtime, "k8s.io"), join(place, "state")]);
  assert.deepEqual(left, [], `${runtime} left something behind`);
  return said;
}

function compare(
  title: string,
  scene: Scene,
  change: Change = () => {},
  why: string | false = skip,
): void {
  test(`CRI: ${title}`, { skip: why }, async () => {
    // Side by side: much of a scene is waiting.
    const played = await Promise.allSettled(names.map((name) => play(name, change, scene)));
    const [ours, reference] = played.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    });
    assert.deepEqual(ours, reference);
  });
}

/** What a call that must fail says, as far as both runtimes are to say the same. */
async function refusal(words: RegExp, call: Promise<unknown>): Promise<string | undefined> {
  const text = await call.then(
    () => "it succeeded",
    ({ message }: Error) => message,
  );
  return words.exec(text)?.[0] ?? text;
}

test("CRI: the runtime is ready", { skip }, async () => {
  const { runtime_name, runtime_api_version } = await cri.call("Version");
  assert.deepEqual([runtime_name, runtime_api_version], ["containerd", "v1"]);
  const { status } = await cri.call("Status");
  const ready = status.conditions.find(({ type }: Message) => type === "RuntimeReady");
  assert.equal(ready.status, true, ready.message);
});

const sleeper = ["sleep", "1000"];

const shell = (script: string) => ["sh", "-c", script];
const inPod: Change = ({ linux }) => {
  linux.security_context.namespace_options.pid = "POD";
};

compare("a pod and two containers, each with processes of its own", async (pod) => {
  const { state, labels, annotations, metadata, linux } = await pod.status();
  const one = await pod.create("one", sleeper);
  const two = await pod.start("two", shell("echo shm > /dev/shm/two; exec sleep 2000"));
  const created = (await one.status()).state;
  await one.call("StartContainer");
  const filter = { pod_sandbox_id: pod.id };
  const { containers } = await one.call("ListContainers", { filter });
  const listed = containers.map(({ metadata, state, labels }: Message) =>
    JSON.stringify([metadata, state, labels]),
  );
  const { log_path, message, mounts, reason, ...status } = await two.status();
  const links =
    "readlink /proc/self/ns/ipc; readlink /proc/self/ns/uts; readlink /proc/self/ns/net";
  return {
    pod: {
      state,
      labels,
      annotations,
      namespaces: linux.namespaces,
      name: metadata.name,
    },
    created,
    listed: listed.sort(),
    status: [message, mounts, reason, status.state, status.started_at > 0, status.finished_at],
    processes: [await one.exec("ps", "-o", "args"), await two.exec("ps", "-o", "args")],
    shared: (await one.exec(...shell(links))).out === (await two.exec(...shell(links))).out,
    memory: await one.exec("cat", "/dev/shm/two"),
    names: (await one.exec("hostname")).out === (await two.exec("hostname")).out,
  };
});

compare(
  "containers that share the pod's processes",
  async (pod) => {
    const one = await pod.start("one", sleeper);
    const two = await pod.start("two", ["tail", "-f", "/dev/null"]);
    const seen = await one.exec("ps", "-o", "args");
    const killed = await one.exec(...shell("kill $(pidof tail)"));
    const { exit_code, reason } = await two.ended();
    return { seen, first: await one.exec("cat", "/proc/1/comm"), killed, exit_code, reason };
  },
  inPod,
);

compare(
  "what a container leaves in the pod's processes ends with it, and nothing else does",
  async (pod) => {
    const stays = await pod.start("stays", shell("tail -f /dev/null & exec sleep 1000"));
    const leaves = await pod.start("leaves", shell("sleep 2000 & setsid sleep 3000 & exit 3"));
    const { exit_code } = await leaves.ended();
    const stopped = await pod.start("stopped", shell("sleep 4000 & exec sleep 5000"));
    await stopped.call("StopContainer", { timeout: 0 });
    const seen = await until("their ends", async () => {
      const { out } = await stays.exec("ps", "-o", "args");
      if (/sleep [2345]000/.test(out)) return null;
      // The dead are the pod's first process's, which does not look after them here.
      return out
        .split("\n")
        .filter((line) => !line.startsWith("["))
        .sort();
    });
    return [exit_code, seen, (await stays.status()).state];
  },
  inPod,
);

compare("exec: both outputs, statuses, a time limit, what there is not", async (pod) => {
  const one = await pod.start("one", sleeper, (config) => {
    config.envs = [{ key: "A", value: "b" }];
    config.working_dir = "/tmp";
    config.linux.security_context.run_as_user = { value: 1000 };
  });
  const limited = refusal(
    /timeout \S+ exceeded/,
    one.call("ExecSync", { cmd: sleeper, timeout: 1 }),
  );
  const missing = refusal(/exec: "nosuch".*/, one.call("ExecSync", { cmd: ["nosuch"] }));
  return {
    both: await one.exec(...shell("echo out; echo err >&2; exit 5")),
    as: await one.exec(...shell("id; pwd; echo $A")),
    killed: await one.exec(...shell("kill -9 $$")),
    much: (await one.exec("head", "-c", "3000000", "/dev/zero")).out.length,
    many: await Promise.all(Array.from({ length: 4 }, (_, i) => one.exec("echo", String(i)))),
    limited: await limited,
    missing: await missing,
    left: await one.exec("ps", "-o", "args"),
  };
});

compare("ends: statuses, reasons, a second attempt", async (pod) => {
  const stays = await pod.start("stays", sleeper);
  const short = await pod.start("short", shell("exit 6"));
  const failed = await short.ended();
  const done = await (await pod.start("done", ["true"])).ended();
  const again = await pod.start("short", shell("exec sleep 1000"), ({ metadata }) => {
    metadata.attempt = 1;
  });
  await short.call("StopContainer");
  await short.call("RemoveContainer");
  const lost = await pod.create("lost", ["nosuch"]);
  const notFound = await refusal(/exec: "nosuch".*/, lost.call("StartContainer"));
  const never = await lost.status();
  const created = await pod.create("created", sleeper);
  await created.call("RemoveContainer");
  return {
    failed: [failed.exit_code, failed.reason, failed.state, failed.finished_at > 0],
    done: [done.exit_code, done.reason],
    again: [await again.exec("echo", "in"), (await again.status()).metadata],
    stays: [(await stays.status()).state, await stays.exec("echo", "in")],
    lost: [notFound, never.exit_code, never.reason, never.state],
    twice: await short.call("RemoveContainer"),
  };
});

compare("stop: with a grace, which some use and some do not", async (pod) => {
  const trap = "echo up; while true; do sleep 0.05; done";
  const listens = await pod.start("listens", shell(`trap 'echo bye; exit 7' TERM; ${trap}`));
  const deaf = await pod.start("deaf", shell(`trap '' TERM; ${trap}`));
  await until("their first lines", () => listens.lines().length > 0 && deaf.lines().length > 0);
  const began = Date.now();
  await listens.call("StopContainer", { timeout: 10 });
  const quick = Date.now() - began < 5000;
  await deaf.call("StopContainer", { timeout: 1 });
  const patient = Date.now() - began >= 1000;
  const ends = [await listens.status(), await deaf.status()];
  return [
    quick,
    patient,
    listens.lines(),
    ends.map(({ exit_code, reason }) => [exit_code, reason]),
  ];
});

compare("logs: both streams, long lines, a file that was moved", async (pod) => {
  const script =
    "head -c 20000 /dev/zero | tr '\\0' x; echo; while ! test -e /go; do sleep 0.05; done";
  const one = await pod.start("one", shell(`echo out; echo err >&2; ${script}; echo last`));
  await until("its long line", () => one.lines().length >= 4);
  const before = one.lines().map((line) => line.replace(/x{20,}/, (all) => `x*${all.length}`));
  const at = one.log;
  renameSync(at, `${at}.old`);
  await one.call("ReopenContainerLog");
  await one.exec("touch", "/go");
  await one.ended();
  const times = readFileSync(at, "utf8").match(/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+) /gm) ?? [];
  return [before.sort(), one.lines(), times.length];
});

compare("resources: limits, what is used, other limits", async (pod) => {
  const one = await pod.start("one", sleeper, ({ linux }) => {
    linux.resources = { memory_limit_in_bytes: 64 << 20, cpu_quota: 50_000, cpu_period: 100_000 };
  });
  const busy = await pod.start(
    "busy",
    shell("x=$(head -c 4000000 /dev/zero | tr '\\0' y); while true; do :; done"),
  );
  const limits = () => [
    controlFile(one.id, "memory.limit_in_bytes", "memory.max"),
    controlFile(one.id, "cpu.cfs_quota_us", "cpu.max").split(" ")[0],
  ];
  const before = limits();
  await one.call("UpdateContainerResources", {
    linux: { memory_limit_in_bytes: 96 << 20, cpu_quota: 80_000, cpu_period: 100_000 },
  });
  const used = async ({ id }: { id: string }) => {
    const { stats } = await one.call("ContainerStats", { container_id: id });
    return {
      cpu: stats.cpu.usage_core_nano_seconds.value,
      memory: stats.memory.working_set_bytes.value,
      layer: stats.writable_layer !== null,
      of: stats.attributes.metadata,
    };
  };
  const first = await used(busy);
  const later = await until("use of a processor", async () => {
    const now = await used(busy);
    return now.cpu > first.cpu + 3e8 && now.memory > 4e6 ? now : null;
  });
  const idle = await used(one);
  const all = await one.call("ListContainerStats", { filter: { pod_sandbox_id: pod.id } });
  const { stats } = await pod.call("PodSandboxStats");
  return {
    before,
    after: limits(),
    busy: [later.memory > 4e6, later.memory < 64 << 20, later.layer, later.of],
    idle: [idle.cpu < 1e9, idle.memory > 0, idle.memory < 4e6],
    listed: all.stats.map(({ attributes }: Message) => attributes.metadata.name).sort(),
    pod: [
      stats.linux.cpu.usage_core_nano_seconds.value > 3e8,
      stats.linux.memory.working_set_bytes.value > 100_000,
      stats.linux.process.process_count.value > 0,
      stats.linux.containers.length,
    ],
  };
});

compare(
  "a container that needs more memory than it may have ends, and the pod does not",
  async (pod) => {
    const stays = await pod.start("stays", sleeper);
    // Not before containerd watches its group.
    const program = shell("sleep 1; exec dd if=/dev/zero of=/dev/null bs=64M count=1");
    const greedy = await pod.start("greedy", program, ({ linux }) => {
      linux.resources = { memory_limit_in_bytes: 32 << 20 };
    });
    const { exit_code, reason } = await greedy.ended();
    return [
      exit_code,
      reason,
      greedy.lines(),
      await stays.exec("echo", "in"),
      (await pod.status()).state,
    ];
  },
);

/** Of a container's control group, in either version. */
function controlFile(id: string, ...names: string[]): string {
  for (const parent of groupsNamed(group))
    for (const name of names) {
      const file = join(parent, id, name);
      if (existsSync(file)) return readFileSync(file, "utf8").trim();
    }
  return "no such control group";
}

const secured =
  (security: object): Change =>
  ({ linux }) => {
    Object.assign(linux.security_context, security);
  };

compare(
  "security: users, groups, roots, capabilities, privileges, masks, profiles",
  async (pod) => {
    const status = "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status";
    const profile = { profile_type: "RuntimeDefault" };
    const wants: Record<string, [string, object]> = {
      user: [
        "id",
        {
          run_as_user: { value: 1000 },
          run_as_group: { value: 2000 },
          supplemental_groups: [7, 8],
        },
      ],
      named: ["id; echo $HOME", { run_as_username: "ada" }],
      root: ["touch /x; echo $?; touch /dev/shm/y; echo $?", { readonly_rootfs: true }],
      plain: [status, {}],
      capabilities: [
        status,
        {
          capabilities: { add_capabilities: ["NET_ADMIN"], drop_capabilities: ["CHOWN", "MKNOD"] },
        },
      ],
      none: [
        status,
        { capabilities: { drop_capabilities: ["ALL"] }, run_as_user: { value: 1000 } },
      ],
      no_new_privileges: [status, { no_new_privs: true, run_as_user: { value: 1000 } }],
      profile: [`${status}; unshare -U true; echo $?`, { seccomp: profile }],
      masks: [
        "ls /sys/firmware; head -c 1 /proc/keys | wc -c; echo x > /proc/sys/kernel/hostname; echo $?",
        {},
      ],
      own_masks: [
        "cat /etc/group; touch /home/x; echo $?",
        { masked_paths: ["/etc/group"], readonly_paths: ["/home"] },
      ],
    };
    const said = Object.entries(wants).map(async ([name, [script, security]]) => [
      name,
      await pod.once(name.replaceAll("_", "-"), script, secured(security)),
    ]);
    return Promise.all(said);
  },
);

compare(
  "a privileged container",
  (pod) =>
    pod.once(
      "one",
      "grep CapEff /proc/self/status; ls -d /dev/null /dev/zero",
      secured({ privileged: true }),
    ),
  secured({ privileged: true }),
);

compare(
  "names, sysctls, name servers of the pod",
  async (pod) => {
    const one = await pod.start("one", sleeper);
    return [
      await one.exec("hostname"),
      await one.exec("cat", "/proc/sys/kernel/shm_rmid_forced", "/proc/sys/kernel/msgmax"),
      await one.exec("cat", "/etc/resolv.conf"),
      await one.exec("cat", "/etc/hostname"),
    ];
  },
  (config) => {
    config.linux.sysctls = { "kernel.shm_rmid_forced": "1", "kernel.msgmax": "16384" };
    config.dns_config = { servers: ["10.1.2.3"], searches: ["example.test"], options: ["ndots:5"] };
  },
);

compare("mounts, devices, a terminal, arguments, a directory that is not there", async (pod) => {
  const host_path = join(shared, pod.id);
  mkdirSync(host_path);
  writeFileSync(join(host_path, "in"), "given\n");
  const mount = (container_path: string, more: object) => ({ container_path, host_path, ...more });
  const script =
    "cat /given/in; touch /given/x; echo $?; echo made > /rw/out; cat /slave/in; ls -l /dev/zero2 | cut -c1-10; head -c 3 /dev/zero2 | wc -c; pwd; echo $0 $1";
  const mounted = await pod.start("mounted", ["sh"], (config) => {
    config.args = ["-c", script, "zero", "one"];
    config.working_dir = "/made/here";
    config.mounts = [
      mount("/given", { readonly: true }),
      mount("/rw", {}),
      mount("/slave", { propagation: "PROPAGATION_HOST_TO_CONTAINER" }),
    ];
    config.devices = [{ container_path: "/dev/zero2", host_path: "/dev/zero", permissions: "rw" }];
  });
  const { exit_code } = await mounted.ended();
  const terminal = await pod.start(
    "terminal",
    shell("tty; test -t 0 && echo yes; exit 4"),
    (config) => {
      config.tty = true;
      config.stdin = true;
    },
  );
  const ended = await terminal.ended();
  const made = readFileSync(join(host_path, "out"), "utf8");
  return [mounted.lines(), exit_code, made, terminal.lines(), ended.exit_code];
});

compare("what is mounted on the host later reaches containers that want it", async (pod) => {
  const host_path = join(shared, pod.id);
  mkdirSync(join(host_path, "later"), { recursive: true });
  const one = await pod.start("one", sleeper, (config) => {
    const propagation = "PROPAGATION_HOST_TO_CONTAINER";
    config.mounts = [{ container_path: "/v", host_path, propagation }];
  });
  const later = join(host_path, "later");
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", later]);
  writeFileSync(join(later, "file"), "");
  const mounted = await one.exec("ls", "/v/later");
  execFileSync("umount", ["-l", later]);
  await until("its end", async () => ((await one.exec("ls", "/v/later")).out === "" ? true : null));
  return mounted;
});

const streams = { stdin: true, stdout: true };

compare("streams: exec with and without a terminal", async (pod) => {
  const one = await pod.start("one", sleeper);
  const open = async (more: object) => openStream((await one.call("Exec", more)).url);
  const script = "echo out; echo err >&2; read x; echo got $x; exit 5";
  const plain = await open({ cmd: shell(script), ...streams, stderr: true });
  plain.type("word\n");
  const { out, err, end } = await plain.ended();
  const terminal = await open({
    cmd: shell("tty; read x; stty size; exit 3"),
    ...streams,
    tty: true,
  });
  await until("a terminal", () => (terminal.got.out.includes("\n") ? true : null));
  terminal.resize(33, 77);
  await until("its size", async () => {
    const { out } = await one.exec("sh", "-c", "stty size < /dev/pts/0");
    return out === "33 77\n" ? true : null;
  });
  terminal.type("x\r");
  const shown = await terminal.ended();
  return [out, err, JSON.parse(end).details, shown.out, JSON.parse(shown.end).details];
});

compare("streams: attached to a container's own, and once more", async (pod) => {
  // Its end waits for its words to be read: containerd closes streams when the container is over.
  const script = "while read x; do echo got $x; test $x = end && sleep 1 && exit 4; done";
  const one = await pod.start("one", shell(script), (config) => {
    config.stdin = true;
  });
  const request = { ...streams, stderr: true };
  const attach = async (word: string) => {
    const stream = await openStream((await one.call("Attach", request)).url);
    // What is said before containerd listens for output is in the log only.
    await until(`an answer to ${word}`, () => {
      if (stream.got.out.includes(`got ${word}\n`)) return true;
      stream.type(`${word}\n`);
      return null;
    });
    return stream;
  };
  (await attach("one")).close();
  const second = await attach("two");
  second.type("end\n");
  const { out } = await second.ended();
  const { exit_code } = await one.ended();
  return [[...new Set(out.split("\n"))], exit_code, [...new Set(one.lines())]];
});

/** A bridge of the test's own, whose pods have addresses of 10.117.0.0/24. */
const BRIDGE = `tv${process.pid}`;
const conflist = {
  cniVersion: "0.4.0",
  name: "tvisor-test",
  plugins: [
    {
      type: "bridge",
      bridge: BRIDGE,
      isGateway: true,
      ipam: {
        type: "host-local",
        dataDir: join(place, "addresses"),
        ranges: [[{ subnet: "10.117.0.0/24" }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
  ],
};

function whyNoBridge(): string | false {
  if (skip !== false) return skip;
  if (!existsSync(join(CNI, "bridge"))) return "containernetworking-plugins is not installed";
  const { status } = spawnSync("ip", ["link", "add", BRIDGE, "type", "bridge"]);
  spawnSync("ip", ["link", "delete", BRIDGE]);
  return status === 0 ? false : "this host has no bridges";
}

compare(
  "pods with networks of their own, by CNI's plugins",
  async (pod) => {
    const status = await pod.status();
    const { ip } = status.network;
    const server = "while true; do echo hello from $(hostname) | nc -l -p 80; done";
    const one = await pod.start("one", shell(server));
    const two = await pod.start("two", sleeper);
    const ask = ["nc", "-w", "2", ip, "80"];
    const inside = await until("an answer", async () => {
      const { out } = await two.exec(...ask);
      return out === "" ? null : out;
    });
    // Between two answers nobody listens.
    const outside = await until("an answer outside", async () => {
      const { stdout } = spawnSync("/bin/busybox", ask, { encoding: "utf8" });
      return stdout === "" ? null : stdout;
    });
    const addresses = (await one.exec("ip", "-o", "-4", "addr")).out.replaceAll(ip, "IP");
    const names = addresses.match(/\d: \S+ +inet \S+/g)?.map((line) => line.slice(3));
    return [/^10\.117\.0\.\d+$/.test(ip), inside, outside, names, await two.exec("hostname")];
  },
  (config) => {
    config.hostname = "the-pod";
    config.linux.security_context.namespace_options.network = "POD";
  },
  whyNoBridge(),
);

compare("a container that is killed from outside", async (pod) => {
  const one = await pod.start("one", sleeper);
  const two = await pod.start("two", sleeper);
  process.kill(await one.pid(), "SIGKILL");
  const { exit_code, reason } = await one.ended();
  return [exit_code, reason, (await two.status()).state, (await pod.status()).state];
});

compare("a pod whose own process is killed from outside", async (pod) => {
  const one = await pod.start("one", sleeper);
  process.kill(await pod.pid(), "SIGKILL");
  const state = await until("the pod's end", async () => {
    const { state } = await pod.status();
    return state === "SANDBOX_NOTREADY" ? state : null;
  });
  // The shim may be ending at this very moment; a kubelet tries again.
  await until("the container's stop", () =>
    one.call("StopContainer", { timeout: 0 }).then(
      () => true,
      () => null,
    ),
  );
  const { exit_code, reason } = await one.ended();
  return [state, exit_code, reason];
});

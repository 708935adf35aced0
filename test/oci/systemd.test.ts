/**
 * The systemd driver under systemds of the test's own (private-systemd.ts), for both versions of control
 * groups: what systemd is asked for is compared with what runc asks of the same systemd; what it makes of
 * it, with the groups' files; and nothing is left behind.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { launcher } from "../compare.ts";
import { type Config, makeBundle, makeRoot, plainConfig, whyNoReference } from "./bundle.ts";
import { whyNoPodman } from "./podman.ts";
import { PrivateSystemd, type Recorded } from "./private-systemd.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-units-"));
const running: PrivateSystemd[] = [];
after(() => {
  for (const systemd of running) systemd.close();
  rmSync(place, { recursive: true, force: true });
});

function start(version: 1 | 2): PrivateSystemd | string {
  const why = whyNoReference();
  if (why !== "") return why;
  const systemd = PrivateSystemd.start(version);
  if (typeof systemd !== "string") running.push(systemd);
  return systemd;
}

let bundles = 0;

function bundleWith(change: (config: Config) => void): string {
  const config = plainConfig(["sleep", "1000"]);
  change(config);
  const path = join(place, `bundle-${++bundles}`);
  makeBundle(path, config);
  return path;
}

class Runtime {
  readonly systemd: PrivateSystemd;
  readonly command: readonly string[];
  readonly state: string;
  readonly onlyBus: boolean;

  constructor(systemd: PrivateSystemd, program: string, { onlyBus = false } = {}) {
    this.systemd = systemd;
    this.state = join(systemd.place, `state-${program.split("/").at(-1)}`);
    this.command = [program, "--systemd-cgroup", "--root", this.state];
    this.onlyBus = onlyBus;
  }

  try(...words: string[]) {
    // A container would keep the pipes that it is given.
    const log = join(this.systemd.place, "said");
    const script = 'log=$1; shift; "$@" >"$log" 2>&1 </dev/null; s=$?; cat "$log"; exit $s';
    const argv = ["sh", "-c", script, "-", log, ...this.command, ...words];
    return this.systemd.call(argv, { onlyBus: this.onlyBus });
  }

  ok(...words: string[]): string {
    const { code, out, err } = this.try(...words);
    assert.equal(code, 0, `${words.join(" ")}: ${out}${err}`);
    return out;
  }

  ids(): string[] {
    try {
      return readdirSync(this.state);
    } catch {
      return [];
    }
  }
}

/** Properties of a unit as systemctl(1) shows them. */
function shown(systemd: PrivateSystemd, unit: string, ...names: string[]): Record<string, string> {
  const { out } = systemd.call([
    "systemctl",
    "show",
    ...names.map((name) => `-p${name}`),
    "--",
    unit,
  ]);
  const pairs = out.split("\n").filter(Boolean);
  return Object.fromEntries(pairs.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

function assertGone(systemd: PrivateSystemd, unit: string): void {
  const { LoadState } = shown(systemd, unit, "LoadState");
  assert.equal(LoadState, "not-found");
  const { out } = systemd.call(["find", "/sys/fs/cgroup", "-name", unit]);
  assert.equal(out, "");
}

// --- what is asked ------------------------------------------------------------------------------

type Asked = Record<string, unknown>;

/** All that a unit was asked to be, by whichever calls; what was said last counts. */
function askedFor(calls: readonly Recorded[]): Asked {
  const asked: Asked = {};
  for (const { type, member: name, payload } of calls) {
    if (type !== "method_call") continue;
    if (name !== "StartTransientUnit" && name !== "SetUnitProperties") continue;
    asked["the unit"] = payload.data[0];
    for (const [property, { type: signature, data }] of payload.data[2] as [string, Typed][])
      asked[property] = { signature, data: comparable(property, data) };
  }
  return asked;
}

interface Typed {
  readonly type: string;
  readonly data: unknown;
}

function comparable(property: string, data: unknown): unknown {
  if (property === "DeviceAllow") return devices(data);
  return property === "PIDs" ? (data as number[]).length : data;
}

/** The order does not matter. /dev/net/tun was among runc's until 1.2, when it was found too much. */
function devices(data: unknown): unknown {
  const entries = (data as string[][]).map((entry) => entry.join(" "));
  return entries.filter((entry) => !entry.startsWith("/dev/char/10:200")).sort();
}

interface Case {
  readonly title: string;
  readonly change: (config: Config) => void;
  /** What tvisor asks for beside, or runc otherwise. */
  readonly differs?: (ours: Asked, theirs: Asked) => void;
  readonly version?: 1 | 2;
}

const in_ = (path: string) => (config: Config) => {
  config.linux.cgroupsPath = path;
};
const limits = (resources: object) => (config: Config) => {
  config.linux.cgroupsPath = "system.slice:test:limits";
  Object.assign(config.linux.resources, resources);
};
const annotated = (annotations: Record<string, string>) => (config: Config) => {
  config.linux.cgroupsPath = ":test:annotated";
  config.annotations = Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [`org.systemd.property.${name}`, text]),
  );
};

const CASES: readonly Case[] = [
  { title: "a slice in a slice", change: in_("alpha-beta.slice:test:nested") },
  { title: "the default slice", change: in_(":test:default") },
  { title: "the top slice", change: in_("-.slice:test:top") },
  { title: "no prefix", change: in_("system.slice::bare") },
  {
    title: "limits of everything",
    change: limits({
      memory: { limit: 100e6, reservation: 50e6, swap: 200e6 },
      cpu: { shares: 512, quota: 33333, period: 50000, cpus: "0-1", mems: "0" },
      pids: { limit: 77 },
    }),
  },
  {
    title: "no limit, said",
    change: limits({
      memory: { limit: -1, swap: -1, reservation: -1 },
      cpu: { quota: -1, period: 50000 },
      pids: { limit: -1 },
    }),
  },
  { title: "a quota alone", change: limits({ cpu: { quota: 12345 } }) },
  { title: "a period alone", change: limits({ cpu: { period: 20000 } }) },
  { title: "memory alone, unlimited", change: limits({ memory: { limit: -1 } }) },
  { title: "the least and most shares", change: limits({ cpu: { shares: 262144 } }) },
  {
    title: "weights of devices",
    change: limits({ blockIO: { weight: 300 } }),
    version: 1,
  },
  {
    title: "weights of devices",
    change: limits({ blockIO: { weight: 300 } }),
    version: 2,
    // runc writes the file alone; systemd would take that back.
    differs: (ours) => {
      assert.deepEqual(ours["IOWeight"], { signature: "t", data: 2930 });
      delete ours["IOWeight"];
    },
  },
  {
    title: "files of version 2",
    change: limits({
      cpu: { shares: 512 },
      unified: {
        "memory.high": "60000000",
        "memory.low": "max",
        "memory.min": "1",
        "memory.max": "70000000",
        "memory.swap.max": "5",
        "cpu.weight": "50",
        "cpu.max": "25000 50000",
        "cpuset.cpus": "0-1",
        "cpuset.mems": "0",
        "pids.max": "55",
      },
    }),
    version: 2,
  },
  {
    title: "some devices",
    change: limits({
      devices: [
        { allow: false, access: "rwm" },
        { allow: true, type: "c", major: 1, minor: 11, access: "r" },
        { allow: true, type: "c", major: 136, access: "rwm" },
        { allow: true, type: "c", major: 10, access: "rw" },
        { allow: true, type: "b", access: "m" },
      ],
    }),
  },
  { title: "all devices", change: limits({ devices: [{ allow: true, access: "rwm" }] }) },
  {
    title: "annotations",
    change: annotated({
      TimeoutStopUSec: "uint64 3000000",
      RuntimeMaxSec: "7200",
      CollectMode: "'inactive-or-failed'",
      After: "['basic.target']",
      SendSIGHUP: "true",
    }),
  },
  {
    title: "an annotation that changes what the driver says",
    change: annotated({ TasksAccounting: "false" }),
  },
];

for (const version of [1, 2] as const) {
  const systemd = start(version);
  const skip = typeof systemd === "string" ? systemd : false;
  describe(`version ${version}`, { skip }, () => {
    const own = systemd as PrivateSystemd;
    suite(own, version);
    if (version === 1) effects(own);
    else ofUser(own);
  });
}

function suite(systemd: PrivateSystemd, version: 1 | 2): void {
  // runc takes the bus, where it can be watched; so does tvisor when there is no other way.
  const runc = () => new Runtime(systemd, "/usr/sbin/runc");
  /** /proc/PID/cgroup, of the hierarchies that this systemd has. */
  const assertWithin = (groups: string, place: RegExp) => {
    const lines = groups.trim().split("\n");
    for (const line of version === 1 ? lines : lines.slice(-1)) assert.match(line, place);
  };
  const overBus = () => new Runtime(systemd, launcher(), { onlyBus: true });
  const tvisor = () => new Runtime(systemd, launcher());

  for (const { title, change, differs, version: only } of CASES) {
    if (only !== undefined && only !== version) continue;
    test(`asked as runc asks: ${title}`, () => {
      const bundle = bundleWith(change);
      const record = (runtime: Runtime) => {
        const calls = systemd.recorded(() => {
          // Where version 2 lacks a controller, runc fails when it has asked.
          runtime.try("run", "--detach", "--bundle", bundle, "asked");
          runtime.try("delete", "--force", "asked");
        });
        return askedFor(calls);
      };
      const theirs = record(runc());
      const ours = record(overBus());
      assert.deepEqual(theirs["Description"] !== undefined, true, "runc has asked nothing");
      delete theirs["Description"];
      delete ours["Description"];
      differs?.(ours, theirs);
      assert.deepEqual(ours, theirs);
      assertGone(systemd, String(ours["the unit"]));
    });
  }

  test("update asks for what runc's asks", () => {
    // Where version 2 lacks its controllers, runc takes no limits to begin with, and its updates fail
    // when they have asked: then nothing of an earlier one is left to go with a later one.
    const bundle = bundleWith(
      limits(version === 1 ? { cpu: { quota: 50000, period: 100000 } } : {}),
    );
    const changes = [
      ["--cpu-quota", "20000"],
      ...(version === 1 ? [["--cpu-period", "50000"]] : []),
      ["--pids-limit", "99"],
      ["--memory", "64000000"],
      ["--cpuset-cpus", "0"],
    ];
    const record = (runtime: Runtime) => {
      runtime.ok("run", "--detach", "--bundle", bundle, "changed");
      const calls = systemd.recorded(() => {
        for (const change of changes) runtime.try("update", ...change, "changed");
      });
      runtime.ok("delete", "--force", "changed");
      return calls
        .filter(({ type, member }) => type === "method_call" && member === "SetUnitProperties")
        .map((call) => askedFor([call]));
    };
    // Behind each that has failed it asks for what was before.
    const theirs = record(runc()).filter((_, i) => version === 1 || i % 2 === 0);
    assert.equal(theirs.length, changes.length);
    assert.deepEqual(record(overBus()), theirs);
  });

  test("the scope is made, holds the sandbox, and goes with it", () => {
    const bundle = bundleWith(in_("alpha-beta.slice:test:life"));
    const pidFile = join(systemd.place, "pid");
    const runtime = tvisor();
    runtime.ok("create", "--bundle", bundle, "--pid-file", pidFile, "life");
    const unit = "test-life.scope";
    const wanted = ["ActiveState", "Slice", "Delegate", "Description", "ControlGroup"];
    assert.deepEqual(shown(systemd, unit, ...wanted), {
      ActiveState: "active",
      Slice: "alpha-beta.slice",
      Delegate: "yes",
      Description: "tvisor container life",
      ControlGroup: "/alpha.slice/alpha-beta.slice/test-life.scope",
    });
    const pid = readFileSync(pidFile, "utf8");
    const { out } = systemd.call(["cat", `/proc/${pid}/cgroup`]);
    assertWithin(out, /:\/alpha.slice\/alpha-beta.slice\/test-life.scope$/);
    runtime.ok("start", "life");
    const record = JSON.parse(readFileSync(join(runtime.state, "life/state.json"), "utf8"));
    assert.deepEqual(record.unit, { name: unit, manager: "system", isShared: false });
    assert.match(runtime.ok("ps", "life"), /sleep 1000/);
    assert.match(runtime.ok("events", "--stats", "life"), /"usage":/);
    runtime.ok("kill", "life", "KILL");
    // systemd forgets a scope that has emptied by itself.
    runtime.ok("delete", "life");
    assertGone(systemd, unit);
    assert.deepEqual(runtime.ids(), []);
  });

  test("delete without the flag knows that it was a unit", () => {
    const runtime = tvisor();
    runtime.ok("run", "-d", "--bundle", bundleWith(in_(":test:flagless")), "flagless");
    const { code, err } = systemd.call([
      ...[launcher(), "--root", runtime.state, "delete", "--force", "flagless"],
    ]);
    assert.equal(code, 0, err);
    assertGone(systemd, "test-flagless.scope");
  });

  test("delete --force ends a unit in which something is left", () => {
    const runtime = tvisor();
    runtime.ok("run", "-d", "--bundle", bundleWith(in_(":test:left")), "left");
    const group = "/system.slice/test-left.scope";
    // As a program that has moved there, or a command that was killed halfway.
    const script = `sleep 1000 >/dev/null 2>&1 & for d in $(find /sys/fs/cgroup -path '*${group}'); do echo $! >$d/cgroup.procs; done; cat /proc/$!/cgroup`;
    const { out } = systemd.call(["sh", "-c", script]);
    assert.match(out, new RegExp(`${group}$`, "m"));
    const { code, out: said } = runtime.try("delete", "--force", "left");
    assert.equal(code, 0, said);
    assertGone(systemd, "test-left.scope");
  });

  test("whenever create is killed, delete --force leaves no unit", () => {
    const runtime = tvisor();
    const bundle = bundleWith(in_(":test:killed"));
    for (let ms = 40; ms < 340; ms += 25) {
      const words = ["create", "--bundle", bundle, "killed"];
      const argv = ["timeout", "-s", "KILL", `${ms / 1000}`, ...runtime.command, ...words];
      systemd.call(["sh", "-c", '"$@" >/dev/null 2>&1 </dev/null', "-", ...argv]);
      const { code, out } = runtime.try("delete", "--force", "killed");
      assert.equal(code, 0, `killed after ${ms} ms: ${out}`);
      assertGone(systemd, "test-killed.scope");
      assert.deepEqual(runtime.ids(), []);
    }
  });

  test("a unit of the name that has failed makes room; one that runs does not", () => {
    // Over the bus, where signals must not be asked for twice.
    const runtime = overBus();
    const bundle = bundleWith(in_(":test:taken"));
    const scope = (...more: string[]) =>
      systemd.call([
        ...["systemd-run", "--scope", "--unit=test-taken.scope", "--quiet", ...more],
        ...["sh", "-c", "sleep 1000 >/dev/null 2>&1 &"],
      ]);
    scope();
    const { code, out } = runtime.try("run", "-d", "--bundle", bundle, "taken");
    assert.equal(code, 1);
    assert.match(out, /the unit test-taken.scope runs already, for another/);
    assert.deepEqual(runtime.ids(), []);
    // Nor is it taken along.
    assert.equal(shown(systemd, "test-taken.scope", "ActiveState")["ActiveState"], "active");
    systemd.call(["systemctl", "stop", "test-taken.scope"]);
    scope("--property=RuntimeMaxSec=100ms", "--property=TimeoutStopSec=5");
    for (let tries = 0; tries < 50; tries++) {
      if (shown(systemd, "test-taken.scope", "ActiveState")["ActiveState"] === "failed") break;
      systemd.call(["sleep", "0.1"]);
    }
    assert.equal(shown(systemd, "test-taken.scope", "ActiveState")["ActiveState"], "failed");
    runtime.ok("run", "-d", "--bundle", bundle, "taken");
    assert.equal(shown(systemd, "test-taken.scope", "ActiveState")["ActiveState"], "active");
    runtime.ok("delete", "--force", "taken");
    assertGone(systemd, "test-taken.scope");
  });

  test("a slice as the unit of a container, which runc cannot: its own, and one that others have", () => {
    const runtime = tvisor();
    const bundle = bundleWith((config) => {
      config.linux.cgroupsPath = "::own-slice.slice";
      config.linux.resources.pids = { limit: 500 };
    });
    const run = () => {
      runtime.ok("run", "-d", "--bundle", bundle, "--pid-file", `${place}/pid`, "slice");
      const pid = readFileSync(`${place}/pid`, "utf8");
      const { out } = systemd.call(["cat", `/proc/${pid}/cgroup`]);
      assertWithin(out, /:\/own.slice\/own-slice.slice$/);
      const { TasksMax } = shown(systemd, "own-slice.slice", "TasksMax");
      assert.equal(TasksMax, "500");
      runtime.ok("delete", "--force", "slice");
    };
    run();
    assert.equal(shown(systemd, "own-slice.slice", "ActiveState")["ActiveState"], "inactive");
    systemd.call(["systemctl", "start", "own-slice.slice"]);
    run();
    assert.equal(shown(systemd, "own-slice.slice", "ActiveState")["ActiveState"], "active");
    systemd.call(["systemctl", "stop", "own.slice", "own-slice.slice"]);
  });

  test("what systemd will not have is a sentence, and leaves nothing", () => {
    const runtime = tvisor();
    for (const [change, why] of [
      [in_("/a/path"), /expected cgroupsPath to be of format .*slice:prefix:name/],
      [in_("a--b.slice:x:y"), /invalid slice name: a--b.slice/],
      [
        annotated({ NoSuchProperty: "1" }),
        /systemd cannot start test-annotated.scope: .*NoSuchProp/,
      ],
      [annotated({ TasksMax: "'five'" }), /systemd cannot start test-annotated.scope: /],
      [annotated({ TasksMax: "five" }), /annotation org.systemd.property.TasksMax=five: no value/],
    ] as const) {
      const { code, out } = runtime.try("run", "-d", "--bundle", bundleWith(change), "wrong");
      assert.equal(code, 1);
      assert.match(out, why);
      assert.deepEqual(runtime.ids(), []);
    }
    assertGone(systemd, "test-annotated.scope");
  });
}

// --- what it makes of it ------------------------------------------------------------------------

function effects(systemd: PrivateSystemd): void {
  test("limits are in the groups' files, with what systemd has no property for", () => {
    const runtime = new Runtime(systemd, launcher());
    const bundle = bundleWith(
      limits({
        memory: { limit: 256 << 20, reservation: 128 << 20, swappiness: 5 },
        cpu: { shares: 512, quota: 33333, period: 50000, cpus: "0", mems: "0" },
        pids: { limit: 333 },
      }),
    );
    runtime.ok("run", "-d", "--bundle", bundle, "limits");
    const file = (controller: string, name: string) =>
      systemd
        .call(["cat", `/sys/fs/cgroup/${controller}/system.slice/test-limits.scope/${name}`])
        .out.trim();
    assert.equal(file("memory", "memory.limit_in_bytes"), String(256 << 20));
    assert.equal(file("memory", "memory.soft_limit_in_bytes"), String(128 << 20));
    assert.equal(file("memory", "memory.swappiness"), "5");
    assert.equal(file("cpu", "cpu.shares"), "512");
    // systemd has 67 hundredths of a processor; the file what was asked.
    assert.equal(file("cpu", "cpu.cfs_quota_us"), "33333");
    assert.equal(file("cpuset", "cpuset.cpus"), "0");
    assert.equal(file("pids", "pids.max"), "333");
    const rules = file("devices", "devices.list").split("\n");
    assert.ok(rules.includes("c 1:3 rwm") && !rules.includes("a *:* rwm"), rules.join("; "));
    runtime.ok("update", "--memory", String(128 << 20), "--pids-limit", "222", "limits");
    assert.equal(file("memory", "memory.limit_in_bytes"), String(128 << 20));
    assert.equal(file("pids", "pids.max"), "222");
    const names = ["MemoryLimit", "TasksMax", "CPUQuotaPerSecUSec"];
    const expected = {
      MemoryLimit: String(128 << 20),
      TasksMax: "222",
      CPUQuotaPerSecUSec: "670ms",
    };
    assert.deepEqual(shown(systemd, "test-limits.scope", ...names), expected);
    // systemd writes its groups anew: nothing is lost.
    systemd.call(["systemctl", "daemon-reload"]);
    assert.deepEqual(shown(systemd, "test-limits.scope", ...names), expected);
    assert.equal(file("pids", "pids.max"), "222");
    assert.match(runtime.ok("exec", "limits", "uname", "-r"), /tvisor/);
    runtime.ok("delete", "--force", "limits");
    assertGone(systemd, "test-limits.scope");
  });

  test("podman, whose manager of control groups is systemd", { skip: whyNoPodman() }, () => {
    const { place: own } = systemd;
    makeRoot(join(own, "root"));
    execFileSync("tar", ["-C", join(own, "root"), "-cf", join(own, "root.tar"), "."]);
    const conf = join(own, "containers.conf");
    writeFileSync(
      conf,
      `[containers]
netns = "none"
[engine]
cgroup_manager = "systemd"
events_logger = "file"
lock_type = "file"
runtime_supports_json = ["runc", "tvisor"]
`,
    );
    const env = { CONTAINERS_CONF: conf, HOME: own, TMPDIR: own };
    const script = `set -e
podman() {
  /usr/bin/podman --root ${own}/storage --runroot ${own}/run --tmpdir ${own}/state \
    --storage-driver vfs --runtime ${launcher()} "$@" </dev/null 2>>${own}/podman.err
}
podman import -q --change "ENV PATH=/bin" ${own}/root.tar box >/dev/null
podman run -d --name a --memory 100m --pids-limit 155 box sleep 1000 >${own}/id
unit=libpod-$(cat ${own}/id).scope
systemctl show -pActiveState -pSlice -pMemoryLimit -pTasksMax $unit | sort
podman exec a uname -r
podman rm -f -t 0 a >/dev/null
systemctl show -pLoadState $unit
find /sys/fs/cgroup -name $unit`;
    const { code, out } = systemd.call(["sh", "-c", script], { env });
    assert.equal(code, 0, `${out}${readFileSync(join(own, "podman.err"), "utf8")}`);
    const [active, memory, slice, tasks, release, ...gone] = out.trim().split("\n");
    assert.deepEqual(
      [active, memory, slice, tasks],
      ["ActiveState=active", `MemoryLimit=${100 << 20}`, "Slice=machine.slice", "TasksMax=155"],
    );
    assert.match(release!, /tvisor/);
    assert.deepEqual(gone, ["LoadState=not-found"]);
  });

  test("an ordinary user has no groups of version 1: a sentence with its remedy", () => {
    assert.equal(systemd.startUser(), "");
    const bundle = bundleWith(in_(":test:user"));
    systemd.call(["chmod", "755", place]);
    const command = [launcher(), "--systemd-cgroup", "--root", `${systemd.place}/home/state`];
    const { code, err } = systemd.callAsUser([...command, "run", "--bundle", bundle, "user"]);
    assert.equal(code, 1);
    assert.match(err, /delegated no control groups of version 1: .* leave out --systemd-cgroup/);
  });

  test("no systemd: a sentence with cause and remedy, and nothing is left", () => {
    const runtime = new Runtime(systemd, launcher());
    const bundle = bundleWith(in_(":test:none"));
    const words = [...runtime.command, "run", "-d", "--bundle", bundle, "none"];
    const { code, err } = systemd.call([
      ...[
        "unshare",
        "--mount",
        "sh",
        "-c",
        'mount -t tmpfs tmpfs /run && exec "$@"',
        "-",
        ...words,
      ],
    ]);
    assert.equal(code, 1);
    assert.match(err, /systemd's manager of the system cannot be reached/);
    assert.match(err, /\/run\/systemd\/private: No such file or directory/);
    assert.match(err, /use the cgroupfs driver: leave out --systemd-cgroup/);
    assert.deepEqual(runtime.ids(), []);
  });
}

/** The manager of an ordinary user, who is delegated control groups of version 2 alone. */
function ofUser(systemd: PrivateSystemd): void {
  test("without root: the user's manager makes the scope, and ends it", () => {
    assert.equal(systemd.startUser(), "");
    const bundle = bundleWith((config) => {
      config.linux.cgroupsPath = ":test:user";
      config.linux.namespaces = config.linux.namespaces.filter(
        ({ type }: { type: string }) => type !== "network",
      );
    });
    systemd.call(["chown", "-R", `${systemd.user}:${systemd.user}`, bundle]);
    systemd.call(["chmod", "755", place]);
    const state = `${systemd.place}/home/state`;
    const runtime = [launcher(), "--systemd-cgroup", "--root", state];
    const script = `set -e
"$@" run -d --bundle ${bundle} user </dev/null >${state}.out 2>&1 || { cat ${state}.out; exit 1; }
systemctl --user show test-user.scope -pActiveState -pSlice
grep -o 'user@.*' /proc/$("$@" state user | sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p')/cgroup
grep -o '"unit":{[^}]*}' ${state}/user/state.json
"$@" update --pids-limit 50 user
systemctl --user show test-user.scope -pTasksMax
bus=unix:path=$XDG_RUNTIME_DIR/bus
env -u XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS=$bus "$@" update --pids-limit 60 user
systemctl --user show test-user.scope -pTasksMax
"$@" delete --force user
systemctl --user show test-user.scope -pLoadState
ls ${state} | wc -l`;
    const { code, out, err } = systemd.callAsUser(["sh", "-c", script, "-", ...runtime]);
    assert.equal(code, 0, `${out}${err}`);
    assert.deepEqual(out.trim().split("\n"), [
      "Slice=user.slice",
      "ActiveState=active",
      `user@${systemd.user}.service/user.slice/test-user.scope`,
      '"unit":{"name":"test-user.scope","manager":"user","isShared":false}',
      "TasksMax=50",
      "TasksMax=60",
      "LoadState=not-found",
      "0",
    ]);
  });
}

/**
 * Options before the command, and those that a config says for itself: each does what its help says, or is
 * refused with a sentence.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { launcher } from "../compare.ts";
import { compile } from "../compile.ts";
import { type Config, makeBundle, plainConfig, whyNoReference } from "./bundle.ts";
import { noContainers, tvisorAt } from "./commands.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-options-"));
const bundle = join(place, "bundle");
const shared = join(place, "shared");
const skip = noContainers;

const tvisor = tvisorAt(join(place, "state"));

beforeEach(() => {
  tvisor(["delete", "--force", "box"]);
  for (const directory of [bundle, shared]) rmSync(directory, { recursive: true, force: true });
  mkdirSync(shared);
});
after(() => {
  tvisor(["delete", "--force", "box"]);
  rmSync(place, { recursive: true, force: true });
});

type Change = (config: Config) => void;

function make(script: string, change: Change = () => {}): void {
  const config = plainConfig(["sh", "-c", script]);
  config.mounts.push({
    destination: "/shared",
    type: "bind",
    source: shared,
    options: ["bind", "rw"],
  });
  change(config);
  makeBundle(bundle, config);
  writeFileSync(join(shared, "file"), "old\n");
  writeFileSync(join(bundle, "rootfs/file"), "old\n");
}

/** What the script prints in a container made with these options. */
function said(options: string[], script: string, change?: Change): string {
  make(script, change);
  const { status, stdout, stderr } = tvisor([...options, "run", "-b", bundle, "box"]);
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout;
}

function detached(options: string[], script = "sleep 100", change?: Change): void {
  make(script, change);
  assert.equal(tvisor([...options, "run", "-d", "-b", bundle, "box"], "ignore").status, 0);
}

function exec(...words: string[]): string {
  const { status, stdout, stderr } = tvisor(["exec", "box", ...words]);
  assert.equal(status, 0, stderr);
  return stdout;
}

const inRoot = (name: string) => join(bundle, "rootfs", name);
const refusal = (options: string[]) => {
  const { status, stdout, stderr } = tvisor([...options, "run", "-b", bundle, "box"]);
  assert.notEqual(status, 0, stdout);
  return stderr;
};

const WRITES =
  "echo new > /made; echo new > /file; head -c 200000 /dev/zero > /big; echo new > /shared/made; rm /shared/file; cat /file /made /shared/made; ls /shared";

test("overlay2: what is written to the root stays apart, bind mounts are the host's", {
  skip,
}, () => {
  for (const how of ["root:memory", "root:self", `root:dir=${place}`]) {
    assert.equal(said(["--overlay2", how], WRITES), "new\nnew\nnew\nmade\n");
    assert.deepEqual([existsSync(inRoot("made")), existsSync(inRoot("big"))], [false, false], how);
    assert.equal(readFileSync(inRoot("file"), "utf8"), "old\n");
    assert.deepEqual(readdirSync(shared), ["made"]);
    tvisor(["delete", "--force", "box"]);
    rmSync(bundle, { recursive: true });
  }
  assert.equal(said(["--overlay2", "none"], WRITES), "new\nnew\nnew\nmade\n");
  assert.equal(readFileSync(inRoot("file"), "utf8"), "new\n");
});

test("overlay2: bind mounts too; a file that is bound can only be read", { skip }, () => {
  for (const options of [
    ["--overlay"],
    ["--overlay2=all:memory"],
    [`--overlay2=all:dir=${place}`],
  ]) {
    const script = `${WRITES}; cat /etc/one; echo x > /etc/one || echo refused`;
    const output = said(options, `{ ${script}; } 2>/dev/null`, (config) =>
      config.mounts.push({
        destination: "/etc/one",
        type: "bind",
        source: join(shared, "file"),
        options: ["bind"],
      }),
    );
    assert.equal(output, "new\nnew\nnew\nmade\nold\nrefused\n");
    assert.deepEqual(readdirSync(shared), ["file"]);
    assert.equal(existsSync(inRoot("made")), false);
    tvisor(["delete", "--force", "box"]);
    rmSync(bundle, { recursive: true });
  }
});

test("overlay2: a limit, and files without a name that hold it", { skip }, () => {
  const fill = "head -c 3000000 /dev/zero > /big 2>/dev/null; stat -c %s /big";
  assert.ok(Number(said(["--overlay2", "root:memory,size=1m"], fill)) <= 1 << 20);
  rmSync(bundle, { recursive: true });
  const kept = join(place, "kept");
  mkdirSync(kept);
  detached(["--overlay2", `root:dir=${kept},size=8m`], `${fill}; sleep 100`);
  for (let i = 0; exec("ls", "/").includes("big") === false && i < 50; i++);
  exec("sh", "-c", "while [ $(stat -c %s /big) -lt 3000000 ]; do sleep 0.1; done");
  const { pid } = JSON.parse(tvisor(["state", "box"]).stdout) as { pid: number };
  const held = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  assert.ok(
    held.some((name) => name.startsWith(`${kept}/`) && name.endsWith(" (deleted)")),
    held.join(),
  );
  assert.deepEqual(readdirSync(kept), []);
});

test("file-access: when changes of the host are seen", { skip }, () => {
  const sees = (options: string[], name: string, path: string) => {
    detached(options);
    const size = () => exec("stat", "-c", "%s", name).trim();
    assert.equal(size(), "4");
    writeFileSync(path, "something longer\n");
    const seen = size() === "17";
    tvisor(["delete", "--force", "box"]);
    rmSync(bundle, { recursive: true });
    return seen;
  };
  const root = inRoot("file");
  const mounted = join(shared, "file");
  assert.equal(sees(["--file-access=shared"], "/file", root), true);
  assert.equal(sees(["--file-access=exclusive"], "/file", root), false);
  // What the container itself changes it sees at once.
  const own =
    "echo longer > /file; cat /file; mkdir /d; mv /file /d/f; ls /d; rm -r /d; ls -d /d 2>&1";
  assert.equal(
    said(["--file-access=exclusive"], `${own}; true`),
    "longer\nf\nls: /d: No such file or directory\n",
  );
  rmSync(bundle, { recursive: true });
  assert.equal(sees([], "/shared/file", mounted), true);
  assert.equal(sees(["--file-access-mounts=exclusive"], "/shared/file", mounted), false);
});

test("net-raw, allow-suid, oci-seccomp: what a config may have, taken away", { skip }, () => {
  const raw = "grep CapBnd /proc/self/status";
  const bit = (line: string) => (BigInt(`0x${line.split("\t")[1]!.trim()}`) >> 13n) & 1n;
  assert.equal(bit(said(["--net-raw"], raw)), 1n);
  rmSync(bundle, { recursive: true });
  assert.equal(bit(said(["--net-raw=false"], raw)), 0n);
  rmSync(bundle, { recursive: true });

  const suid = "grep -c ' / .*nosuid' /proc/self/mounts";
  assert.equal(said([], `${suid}; true`), "0\n");
  rmSync(bundle, { recursive: true });
  assert.equal(said(["--allow-suid=false"], suid), "1\n");
  rmSync(bundle, { recursive: true });

  const profile: Change = (config) => {
    config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO" }],
    };
  };
  const mkdir = "mkdir /made 2>/dev/null; echo $?";
  assert.equal(said([], mkdir, profile), "1\n");
  rmSync(bundle, { recursive: true });
  assert.equal(said(["--oci-seccomp=false"], mkdir, profile), "0\n");
});

test("fdlimit: of the sandbox's descriptors", { skip }, () => {
  detached(["--fdlimit", "500"]);
  const { pid } = JSON.parse(tvisor(["state", "box"]).stdout) as { pid: number };
  assert.match(readFileSync(`/proc/${pid}/limits`, "utf8"), /^Max open files +500 +500 /m);
});

test("strace: which calls, how much of their data, in the form of the log", { skip }, () => {
  const script = "cat /etc/group > /dev/null; echo 0123456789 > /dev/null";
  const options = ["--strace", "--strace-syscalls=openat,open,write,writev", "--strace-log-size=8"];
  for (const form of ["text", "json"]) {
    const log = join(place, `strace-${form}`);
    said([...options, "--debug-log", log, "--debug-log-format", form], script);
    rmSync(bundle, { recursive: true });
    const lines = readFileSync(log, "utf8").trim().split("\n");
    const texts = form === "json" ? lines.map((line) => JSON.parse(line).msg) : lines;
    const calls = texts.filter((line) => /\[\d+\] \w+: /.test(line));
    assert.ok(
      calls.some((line) => /cat: open(at)?\(/.test(line)),
      lines.join("\n"),
    );
    assert.ok(
      calls.every((line) => / (open|openat|write|writev)\(/.test(line)),
      calls.join("\n"),
    );
    // Names are whole, data is not.
    assert.ok(
      calls.some((line) => line.includes('"01234567"...')),
      calls.join("\n"),
    );
  }
});

const noCompiler = spawnSync("cc", ["--version"]).status === 0 ? skip : "there is no C compiler";

/** Connects to /shared/socket, says what it is told, and tells what it hears. */
const CLIENT = `
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int type = strcmp(argv[1], "packets") == 0 ? SOCK_SEQPACKET : SOCK_STREAM;
  int fd = socket(AF_UNIX, type, 0);
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "/shared/socket"};
  if (connect(fd, (struct sockaddr *)&name, sizeof name) != 0) {
    printf("connect: %s\\n", strerror(errno));
    return 1;
  }
  if (strcmp(argv[1], "file") == 0) {
    char byte = 'x', space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET, control->cmsg_type = SCM_RIGHTS, control->cmsg_len = CMSG_LEN(sizeof(int));
    int own = 1;
    memcpy(CMSG_DATA(control), &own, sizeof own);
    printf("sent: %s\\n", sendmsg(fd, &message, 0) < 0 ? strerror(errno) : "yes");
    return 0;
  }
  struct sockaddr_un peer;
  socklen_t length = sizeof peer;
  getpeername(fd, (struct sockaddr *)&peer, &length);
  struct pollfd ready = {fd, POLLIN | POLLOUT, 0};
  poll(&ready, 1, 5000);
  printf("family %d, poll %d\\n", peer.sun_family, ready.revents);
  write(fd, "hello", 5);
  shutdown(fd, SHUT_WR);
  char heard[100], space[100];
  for (;;) {
    struct iovec vector = {heard, sizeof heard};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    int n = recvmsg(fd, &message, 0);
    if (n <= 0) break;
    printf("heard %.*s, control %d\\n", n, heard, (int)message.msg_controllen);
  }
  printf("end\\n");
  return 0;
}
`;

/** The host's side, which answers after a while, with a file if it is to. */
const SERVER = `
import socket, sys, time
kind = socket.SOCK_SEQPACKET if sys.argv[2] == "packets" else socket.SOCK_STREAM
listener = socket.socket(socket.AF_UNIX, kind)
listener.bind(sys.argv[1])
listener.listen()
print("ready", flush=True)
connection, _ = listener.accept()
heard = connection.recv(100)
time.sleep(0.3)
if sys.argv[2] == "gift":
    socket.send_fds(connection, [b"gift"], [0])
else:
    connection.sendall(heard.upper())
`;

async function talk(kind: string, options: string[], runtime = launcher()): Promise<string> {
  rmSync(shared, { recursive: true });
  mkdirSync(shared);
  const server = spawn("python3", ["-c", SERVER, join(shared, "socket"), kind], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(server.stdout, "data");
  const root = ["--root", join(place, "state")];
  const words = [...root, ...options, "run", "-b", bundle, "box"];
  const { stdout, stderr } = spawnSync(runtime, words, {
    encoding: "utf8",
    timeout: 30_000,
    stdio: ["ignore", "pipe", "pipe"],
  });
  server.kill();
  return `${stdout}${stderr}`;
}

test("host-uds: sockets of the host in a bind mount", { skip: noCompiler }, async () => {
  const source = join(place, "client.c");
  writeFileSync(source, CLIENT);
  const flags = ["-static", "-Wno-unused-result"];
  const program = await compile({ source, buildDirectory: place, flags, headers: [] });
  const open = ["--host-uds", "open"];
  const through = async (kind: string) => {
    rmSync(bundle, { recursive: true, force: true });
    make("true", (config) => (config.process.args = ["/client", kind]));
    copyFileSync(program, inRoot("client"));
    const ours = await talk(kind, open);
    const theirs = whyNoReference() === "" ? await talk(kind, [], "runc") : ours;
    return { ours, theirs };
  };
  for (const kind of ["stream", "packets"]) {
    const { ours, theirs } = await through(kind);
    assert.equal(ours, "family 1, poll 4\nheard HELLO, control 0\nend\n");
    assert.equal(ours, theirs);
  }
  assert.equal(await talk("packets", []), "connect: Connection refused\n");
  // No file of the host comes in, and none of the sandbox goes out.
  assert.match((await through("gift")).ours, /heard gift, control 0\nend\n/);
  assert.equal((await through("file")).ours, "sent: Operation not permitted\n");
  assert.match(refusal(["--host-uds", "all"]), /sockets that guests make are the sandbox's/);
});

test("user-log: what concerns the program", { skip: noCompiler }, async () => {
  const log = join(place, "user.log");
  const source = join(place, "ask.c");
  // io_uring_setup(2), which there is not.
  writeFileSync(
    source,
    "#include <unistd.h>\n#include <sys/syscall.h>\nint main(void) { syscall(425, 1, 0); return 0; }\n",
  );
  const flags = ["-static"];
  const program = await compile({ source, buildDirectory: place, flags, headers: [] });
  make("/ask");
  copyFileSync(program, inRoot("ask"));
  tvisor(["run", "--user-log", log, "-b", bundle, "box"]);
  assert.match(readFileSync(log, "utf8"), /level=warning msg="system call io_uring_setup /);
});

test("annotations: a config says what weakens nothing, and more where it is allowed", {
  skip,
}, () => {
  const flag = (name: string, value: string) => (config: Config) => {
    config.annotations = { [`org.tvisor.flag.${name}`]: value };
  };
  said([], "echo new > /made", flag("overlay2", "root:memory"));
  assert.equal(existsSync(inRoot("made")), false);
  rmSync(bundle, { recursive: true });
  for (const [name, value, why] of [
    ["oci-seccomp", "false", /is for whoever runs this machine to say: with --oci-seccomp/],
    ["overlay2", "root:dir=/tmp", /for whoever runs this machine/],
    ["network", "host", /for whoever runs this machine/],
    ["host-uds", "open", /for whoever runs this machine/],
    ["root", "/tmp", /root is no option that a config may set/],
    ["nonsense", "1", /nonsense is no option that a config may set/],
    ["file-access", "sometimes", /for whoever runs this machine/],
    ["strace-log-size", "many", /annotations: --strace-log-size takes a whole number/],
  ] as const) {
    make("true", flag(name, value));
    assert.match(refusal([]), why, name);
    rmSync(bundle, { recursive: true });
  }
  make("true", flag("overlay2", "all:nonsense"));
  assert.match(refusal(["--allow-flag-override"]), /annotations: --overlay2 takes none/);
  rmSync(bundle, { recursive: true });
  const kept = join(place, "allowed");
  mkdirSync(kept);
  said(["--allow-flag-override"], "echo x > /made", flag("overlay2", `root:dir=${kept}`));
  assert.equal(existsSync(inRoot("made")), false);
});

test("what there is not is refused, with the reason", () => {
  for (const [options, why] of [
    [["--network", "plugin"], /--network takes sandbox, host or none/],
    [["--platform", "kvm"], /guests are kept by seccomp/],
    [["--directfs=false"], /no process between files and kernel/],
    [["--gso"], /--gso=true is not supported: tvisor has no network stack/],
    [["--metric-server", ":1"], /tvisor events/],
    [["--overlay2", "root:disk"], /--overlay2 takes none, or root or all/],
    [["--fdlimit", "3"], /takes a number from 256/],
    [["--rootless=maybe"], /--rootless takes true, false or auto/],
    [["--log-format", "xml"], /--log-format takes text, json or json-k8s/],
    [["--debug=perhaps"], /invalid boolean value "perhaps" for -debug/],
    [["--strase"], /flag provided but not defined: -strase \(did you mean --strace\?\)/],
  ] as const) {
    const { status, stderr } = tvisor([...options, "list"]);
    assert.equal(status, 128, stderr);
    assert.match(stderr, why);
  }
  // What another runtime's configuration says anyway.
  for (const words of [
    ["--rootless", "auto"],
    ["--rootless=true"],
    ["--platform=systrap"],
    ["--directfs"],
    ["--criu", "/usr/sbin/criu"],
    ["--gso=false"],
    ["--panic-signal=-1"],
  ])
    assert.equal(tvisor([...words, "list", "-q"]).status, 0, words.join(" "));
});

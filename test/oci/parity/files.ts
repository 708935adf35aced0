/** Rows about the root, mounts, devices and hidden paths. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../bundle.ts";
import type { Row } from "../parity.ts";

/** Names, types, modes and owners below a directory of the bundle. */
const tree = (name: string) => (directory: string) =>
  execFileSync("find", [join(directory, name), "-printf", "%P %y %m %U:%G %s %l\n"], {
    encoding: "utf8",
  })
    .split("\n")
    .sort()
    .filter((line) => !/^bin\b|^\S* d .*\b4096/.test(line))
    .join("\n");

const content = (name: string) => (directory: string) =>
  readFileSync(join(directory, name), "utf8");

function mount(destination: string, type: string, options: string[] = [], source = type) {
  return (config: Config) => config.mounts.push({ destination, type, source, options });
}

function bind(name: string, destination: string, ...options: string[]) {
  return (config: Config, directory: string) =>
    config.mounts.push({
      destination,
      type: "bind",
      source: join(directory, name),
      options: ["bind", ...options],
    });
}

function shared(directory: string): void {
  mkdirSync(join(directory, "shared"));
  writeFileSync(join(directory, "shared/a"), "from the host\n");
  chmodSync(join(directory, "shared"), 0o777);
}

export const FILES: readonly Row[] = [
  { title: "a root that may be written", script: "echo hi > /x; cat /x", left: tree("rootfs") },
  {
    title: "a root that may not",
    script: "echo hi > /x; echo $?; touch /etc/passwd; echo $?",
    config: (c) => (c.root.readonly = true),
  },
  {
    title: "what is written is the host's",
    script: "echo new > /etc/motd; mkdir -p /d/e; ln -s x /d/l; ln /etc/motd /d/h",
    left: tree("rootfs/d"),
  },
  {
    title: "a file is changed in place",
    script: "echo more >> /etc/group",
    left: content("rootfs/etc/group"),
  },
  {
    title: "files go",
    script: "rm /etc/group; mv /etc/passwd /etc/p; ls /etc",
    left: tree("rootfs/etc"),
  },
  {
    title: "owners and modes",
    script: "touch /f; chown 12:34 /f; chmod 4751 /f; mkdir -m 1700 /g",
    left: tree("rootfs"),
  },
  {
    title: "files of a user",
    script: "echo x > /home/ada/f; ls -ln /home/ada | tail -1 | cut -c1-30",
    config: (c) => (c.process.user = { uid: 1000, gid: 1000 }),
    left: tree("rootfs/home"),
  },
  {
    title: "a user may not write what is root's",
    script: "echo x > /etc/x; echo $?",
    config: (c) => (c.process.user = { uid: 1000, gid: 1000 }),
  },
  {
    title: "a fifo and times",
    script:
      "mkfifo /tmp/p; touch -d '2020-01-02 03:04:05' /tmp/t; stat -c '%F %Y' /tmp/p /tmp/t | sed 's/fifo.*/fifo/'",
  },
  {
    title: "a bound directory",
    script: "cat /mnt/a; echo back > /mnt/b",
    config: bind("shared", "/mnt"),
    prepare: shared,
    left: content("shared/b"),
  },
  {
    title: "a bound directory, read-only",
    script: "cat /mnt/a; echo x > /mnt/b; echo $?",
    config: bind("shared", "/mnt", "ro"),
    prepare: shared,
    left: tree("shared"),
  },
  {
    title: "a bound directory, not executable",
    script: "cp /bin/busybox /mnt/busybox; /mnt/busybox true; echo $?",
    config: bind("shared", "/mnt", "noexec"),
    prepare: shared,
  },
  {
    title: "a bound file",
    script: "cat /etc/conf; echo more >> /etc/conf",
    config: bind("shared/a", "/etc/conf"),
    prepare: shared,
    left: content("shared/a"),
  },
  {
    title: "a bound file over another",
    script: "cat /etc/group",
    config: bind("shared/a", "/etc/group", "ro"),
    prepare: shared,
    left: content("rootfs/etc/group"),
  },
  {
    title: "places to mount on are made",
    script: "ls -d /deep/er/place; ls /deep/er/place",
    config: bind("shared", "/deep/er/place"),
    prepare: shared,
    left: tree("rootfs/deep"),
  },
  { title: "a source that is not there", script: "true", config: bind("nothing", "/mnt") },
  {
    title: "a mount on a link stays inside",
    script: "cat /mnt/a; ls -l / | grep -c mnt",
    config: bind("shared", "/link"),
    prepare: (directory) => {
      shared(directory);
      symlinkSync("/mnt", join(directory, "rootfs/link"));
      mkdirSync(join(directory, "rootfs/mnt"));
    },
  },
  {
    title: "a link that climbs stays inside",
    script: "cat /up/a",
    config: bind("shared", "/up"),
    prepare: (directory) => {
      shared(directory);
      symlinkSync("../../../../../../inside", join(directory, "rootfs/up"));
    },
    left: tree("rootfs/inside"),
  },
  {
    title: "mounts in their order",
    script: "ls /mnt; cat /mnt/in/a",
    config: (c, d) => {
      mount("/mnt", "tmpfs")(c);
      bind("shared", "/mnt/in")(c, d);
    },
    prepare: shared,
  },
  {
    title: "a tmpfs",
    script: "stat -c %a /t; echo x > /t/f; df -k /t | awk 'NR==2{print $2}'",
    config: mount("/t", "tmpfs", ["mode=0710", "size=1024k"]),
  },
  {
    title: "a tmpfs is full",
    script: "head -c 2000000 /dev/zero > /t/f; echo $?",
    config: mount("/t", "tmpfs", ["size=1024k"]),
  },
  {
    title: "a tmpfs of a user",
    script: "stat -c '%u:%g %a' /t",
    config: mount("/t", "tmpfs", ["uid=1000", "gid=2000", "mode=700"]),
  },
  {
    title: "options of mounts",
    script:
      "awk '$2 ~ /^.(dev|proc|sys|t)/ {print $2, $4}' /proc/self/mounts | sed -E 's/,(size|mode|inode64|gid|ptmxmode|uid|nr_inodes)[^,]*//g' | grep -vE '/(keys|kcore|timer_list|firmware|bus|fs|irq|sysrq-trigger|mqueue) '",
    config: mount("/t", "tmpfs", ["nosuid", "nodev", "noexec", "ro"]),
  },
  { title: "an unknown filesystem", script: "true", config: mount("/t", "nosuchfs") },
  {
    title: "devices",
    script:
      "cd /dev; for f in null zero full random urandom tty; do stat -c '%n %F %t:%T %a' $f; done",
  },
  {
    title: "devices work",
    script:
      "head -c 3 /dev/zero | od -An -c; echo x > /dev/null; echo x > /dev/full; echo $?; head -c 8 /dev/urandom | wc -c",
  },
  {
    title: "links of /dev",
    script: "cd /dev; for f in fd stdin stdout stderr ptmx; do readlink $f; done; ls",
    show: (output) => output.replace(/^(core|console)\n/gm, ""),
  },
  {
    title: "a device of the config's",
    script: "stat -c '%F %t:%T %a %u:%g' /dev/mine",
    config: (c) =>
      (c.linux.devices = [
        { path: "/dev/mine", type: "c", major: 1, minor: 3, fileMode: 0o640, uid: 7, gid: 8 },
      ]),
  },
  {
    title: "a fifo of the config's",
    script: "stat -c '%F %a' /dev/pipe",
    config: (c) => (c.linux.devices = [{ path: "/dev/pipe", type: "p", fileMode: 0o600 }]),
  },
  {
    title: "a masked file is empty",
    script: "cat /etc/group | wc -c; echo x > /etc/group; cat /etc/group | wc -c",
    config: (c) => c.linux.maskedPaths.push("/etc/group"),
    left: content("rootfs/etc/group"),
  },
  {
    title: "a masked directory is empty",
    script: "ls /home | wc -l; touch /home/x; echo $?",
    config: (c) => c.linux.maskedPaths.push("/home"),
  },
  {
    title: "a masked path that is not there",
    script: "echo fine",
    config: (c) => c.linux.maskedPaths.push("/no/such/path"),
  },
  {
    title: "a read-only path",
    script: "echo x > /etc/x; echo $?; echo y > /tmp/y; echo $?",
    config: (c) => c.linux.readonlyPaths.push("/etc"),
  },
  {
    title: "a read-only file",
    script: "echo x >> /etc/group; echo $?; cat /etc/group | wc -l",
    config: (c) => c.linux.readonlyPaths.push("/etc/group"),
  },
  { title: "/proc/sys is read-only", script: "echo 1 > /proc/sys/kernel/msgmax; echo $?" },
  { title: "/sys is read-only", script: "mkdir /sys/x; echo $?" },
  {
    title: "a tmpfs over what is there",
    script: "ls /etc | wc -l",
    config: mount("/etc", "tmpfs"),
  },
  {
    title: "an absolute root",
    script: "ls / | head -3",
    config: (c, d) => {
      c.root.path = join(d, "rootfs");
    },
  },
];

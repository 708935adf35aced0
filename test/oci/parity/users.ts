/**
 * Rows about user namespaces: maps, what their root may do, who owns what. None gives runc a device of the host
 * as a stream: it gives streams to the container's root.
 */
import { execFileSync } from "node:child_process";
import { lchownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../bundle.ts";
import type { Row } from "../parity.ts";

const HOST = 100000;
const COUNT = 65536;

/** One more capability than engines give. */
function able(config: Config, ...names: string[]): void {
  const all = config.process.capabilities;
  for (const [set, list] of Object.entries(all)) all[set] = [...(list as string[]), ...names];
}

/** A user namespace whose root is somebody on the host; `change` comes after. */
function mapped(change: (config: Config, directory: string) => void = () => {}) {
  return (config: Config, directory: string) => {
    config.linux.namespaces.push({ type: "user" });
    const ids = [{ containerID: 0, hostID: HOST, size: COUNT }];
    config.linux.uidMappings = ids;
    config.linux.gidMappings = ids.slice();
    change(config, directory);
  };
}

/** The root is the container's root's, as engines make it that remap users. */
function shift(directory: string): void {
  const root = join(directory, "rootfs");
  execFileSync("chown", ["-R", `${HOST}:${HOST}`, root]);
  for (const [name, id] of [
    ["home/ada", HOST + 1000],
    ["etc/group", 0],
  ] as const)
    lchownSync(join(root, name), id, id);
}

/** Owners on the host of what was left. */
const owners = (directory: string) =>
  execFileSync("find", [join(directory, "rootfs"), "-printf", "%P %y %m %U:%G\n"], {
    encoding: "utf8",
  })
    .split("\n")
    .filter((line) => !/^(bin|sbin|usr)\b/.test(line))
    .sort()
    .join("\n");

const status = "grep -E '^(Uid|Gid|Groups|Cap)' /proc/self/status";
/** Owner and name of each. */
const who = (...names: string[]) => `stat -c '%u:%g %a %n' ${names.join(" ")}`;

const plain = { config: mapped(), prepare: shift };

export const USERS: readonly Row[] = [
  {
    ...plain,
    title: "the maps, setgroups and who one is",
    script: `cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id; ${status}`,
  },
  {
    title: "several ranges",
    config: mapped((c) => {
      c.linux.uidMappings = [
        { containerID: 1000, hostID: 300000, size: 10 },
        { containerID: 0, hostID: HOST, size: 1000 },
      ];
    }),
    prepare: shift,
    script: `cat /proc/self/uid_map /proc/self/gid_map; touch /a; chown 1009 /a; chown 1010 /a; echo $?; ${who("/a", "/home/ada")}`,
    left: owners,
  },
  {
    ...plain,
    title: "owners of files: those without a name are nobody's",
    script: who("/", "/bin", "/home/ada", "/etc/group", "/proc", "/proc/sys", "/sys", "/proc/1"),
  },
  {
    ...plain,
    title: "owners below /dev",
    script: who(
      "/dev",
      "/dev/pts",
      "/dev/pts/ptmx",
      "/dev/shm",
      "/dev/null",
      "/dev/tty",
      "/dev/fd",
    ),
  },
  {
    ...plain,
    title: "what is written belongs to the host's ids",
    script: "touch /f; mkdir -p /d/e; ln -s x /l; mkfifo /p; chown 5:6 /f; chown -h 1000 /l",
    left: owners,
  },
  {
    ...plain,
    title: "root has no power over files of others",
    script:
      "cat /etc/group >/dev/null; echo $?; echo >> /etc/group; echo $?; chmod 600 /etc/group; echo $?; chown 0 /etc/group; echo $?; touch /f; chown 70000 /f; echo $?; chown 1000 /f; echo >> /f; echo $?",
  },
  {
    title: "a root that is not the container's root's",
    config: mapped(),
    script: "touch /f; echo $?; mkdir /tmp/d; echo $?; ls -ln /tmp; cat /etc/passwd | wc -l",
  },
  {
    title: "a place for a mount cannot be made in it",
    config: mapped((c) =>
      c.mounts.push({ destination: "/new/place", type: "tmpfs", source: "t", options: [] }),
    ),
    script: "echo not reached",
  },
  {
    ...plain,
    title: "places for mounts are the container's root's",
    config: mapped((c, directory) => {
      mkdirSync(join(directory, "v"));
      writeFileSync(join(directory, "v/theirs"), "x");
      writeFileSync(join(directory, "v/ours"), "x");
      lchownSync(join(directory, "v/ours"), HOST, HOST);
      c.mounts.push({ destination: "/new/place", type: "tmpfs", source: "t", options: [] });
      c.mounts.push({
        destination: "/v/w",
        type: "bind",
        source: join(directory, "v"),
        options: ["bind"],
      });
    }),
    script: `${who("/new", "/new/place", "/v", "/v/w", "/v/w/ours", "/v/w/theirs")}; touch /v/w/x; echo $?; echo > /v/w/ours; echo $?`,
    left: owners,
  },
  {
    ...plain,
    title: "devices open, and no node of the container's own does",
    config: mapped((c) => able(c, "CAP_SYS_ADMIN")),
    script:
      "echo x > /dev/null; head -c 3 /dev/zero | wc -c; mknod /n c 1 3; echo $?; mount -t tmpfs t /tmp; mknod /tmp/n c 1 3; echo $?; mknod /tmp/p p; echo $?",
  },
  {
    ...plain,
    title: "a device that the config asks for",
    config: mapped((c) => {
      c.linux.devices = [
        { path: "/dev/full", type: "c", major: 1, minor: 7, fileMode: 0o666, uid: 3, gid: 4 },
      ];
    }),
    script: `${who("/dev/full")}; echo x > /dev/full; echo $?; grep -c '/dev/full ' /proc/self/mountinfo`,
  },
  {
    ...plain,
    title: "mounting: what a user namespace's root may",
    config: mapped((c) => able(c, "CAP_SYS_ADMIN")),
    script:
      "for t in tmpfs proc sysfs devpts mqueue devtmpfs; do mkdir /tmp/$t; mount -t $t none /tmp/$t; echo $t $?; done; mount --bind /etc /home; echo $?; mount -o remount,bind,ro /home; echo $?; touch /home/x; echo $?; umount /home; echo $?",
  },
  {
    ...plain,
    title: "capabilities do not reach above",
    config: mapped((c) =>
      able(c, "CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_NET_ADMIN"),
    ),
    script:
      "date -s 2001-01-01 >/dev/null; echo $?; ulimit -Hn 4096; echo $?; hostname other; hostname; ip link set lo down; echo $?; nice -n -5 true 2>/dev/null; echo $?",
  },
  {
    ...plain,
    title: "namespaces that are not listed are not the container's",
    config: mapped((c) => {
      able(c, "CAP_SYS_ADMIN");
      delete c.hostname;
      c.linux.namespaces = c.linux.namespaces.filter(
        ({ type }: { type: string }) => type !== "uts",
      );
    }),
    script: "hostname other; echo $?",
  },
  {
    ...plain,
    title: "a low port is the container's own network's",
    script: "(sleep 0.5; echo hello | nc 127.0.0.1 80) & nc -l -p 80",
  },
  {
    ...plain,
    title: "process.user is an id inside",
    config: mapped((c) => (c.process.user = { uid: 1000, gid: 1000, additionalGids: [2000, 5] })),
    script: `id; ${status}; touch /home/ada/f; ${who("/home/ada/f")}; touch /g; echo $?`,
    left: owners,
  },
  {
    title: "all ids as on the host",
    config: mapped((c) => {
      const all = [{ containerID: 0, hostID: 0, size: 4294967295 }];
      c.linux.uidMappings = all;
      c.linux.gidMappings = all.slice();
    }),
    script: `cat /proc/self/uid_map; id; ${who("/", "/home/ada", "/dev/null", "/proc")}; mknod /n c 1 3; echo $?`,
  },
  {
    ...plain,
    title: "a user without a name",
    config: mapped((c) => (c.process.user.uid = 70000)),
  },
  {
    ...plain,
    title: "a group without a name",
    config: mapped((c) => (c.process.user.additionalGids = [70000])),
  },
  { title: "no map of users", config: mapped((c) => (c.linux.uidMappings = [])) },
  { title: "no map of groups", config: mapped((c) => delete c.linux.gidMappings) },
  {
    title: "no root in the map",
    config: mapped((c) => (c.linux.uidMappings[0].containerID = 1)),
  },
  {
    title: "a map that says two things",
    config: mapped((c) => c.linux.uidMappings.push({ containerID: 5, hostID: 0, size: 1 })),
  },
  {
    title: "maps without a user namespace are not used",
    config: mapped((c) => c.linux.namespaces.pop()),
    script: `cat /proc/self/uid_map; ${who("/", "/home/ada")}`,
  },
  {
    title: "the own user namespace is not one to join",
    config: mapped((c) => (c.linux.namespaces.at(-1).path = "/proc/self/ns/user")),
  },
  {
    ...plain,
    title: "a set-user-ID program",
    config: mapped((c) => {
      c.process.user = { uid: 1000, gid: 1000 };
      c.process.noNewPrivileges = false;
    }),
    prepare: (directory) => {
      shift(directory);
      for (const [name, uid] of [
        ["ours", HOST],
        ["theirs", 0],
      ] as const) {
        const path = join(directory, "rootfs", name);
        execFileSync("cp", [join(directory, "rootfs/bin/busybox"), path]);
        execFileSync("chown", [`${uid}:${uid}`, path]);
        execFileSync("chmod", ["4755", path]);
      }
    },
    script: "/ours id -u; /theirs id -u",
  },
  {
    ...plain,
    title: "masked and read-only paths",
    script:
      "cat /proc/keys | wc -c; ls /sys/firmware; echo 1 > /proc/sys/kernel/domainname; echo $?",
  },
  {
    ...plain,
    title: "streams can be opened again",
    config: mapped((c) => (c.process.user = { uid: 1000, gid: 1000 })),
    script: `stat -L -c '%u:%g' /proc/self/fd/1`,
  },
  {
    ...plain,
    title: "flags of a host's mount stay, those of the config do not",
    config: mapped((c, directory) => {
      able(c, "CAP_SYS_ADMIN");
      mkdirSync(join(directory, "v"));
      for (const [name, more] of [
        ["/v", []],
        ["/w", ["ro", "noexec"]],
      ] as const)
        c.mounts.push({
          destination: name,
          type: "bind",
          source: join(directory, "v"),
          options: ["bind", "nosuid", "nodev", ...more],
        });
      c.process.args = [
        "sh",
        "-c",
        `for p in /v /w; do for w in nosuid,nodev rw,suid,nodev nosuid,dev nosuid,nodev,noatime nosuid,nodev,exec; do
           mount -o remount,bind,$w $p 2>/dev/null; echo $p $w $?
           grep -o " $p [a-z,]*" /proc/self/mountinfo; done; done; mount -o remount,bind,noatime / 2>/dev/null; echo $?`,
      ];
    }),
    flow: `mount -t tmpfs -o nosuid,nodev t v && chmod 777 v; $RT run -b . $ID; umount v`,
  },
  {
    ...plain,
    title: "exec joins the user namespace",
    config: mapped((c) => (c.process.args = ["sleep", "100"])),
    // Not on /dev/null: runc makes streams the container's root's, and it would be the machine's.
    flow: `: >in; $RT run -d -b . $ID >out 2>&1 <in
      $RT exec $ID sh -c 'cat /proc/self/uid_map; id; grep CapEff /proc/self/status; touch /x; stat -c %u:%g /x'
      $RT exec -u 1000:1000 $ID id; $RT exec -u 70000 $ID id; echo $?
      for n in user mnt uts pid ipc net; do [ "$($RT exec $ID readlink /proc/1/ns/$n)" = "$($RT exec $ID readlink /proc/self/ns/$n)" ]; echo $n $?; done
      stat -c %u:%g rootfs/x; $RT delete -f $ID`,
  },
];

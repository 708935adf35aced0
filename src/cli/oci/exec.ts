/**
 * \`tvisor exec\`: one process more in a container. What stands for it on the host is the waiter
 * (native/waiter.c): detached a process of its own, otherwise this one becomes it.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import type { ProcessSpec } from "../../oci/spec.ts";
import { loadProcess } from "./bundle.ts";
import { askOn, connect } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError, type Context } from "./context.ts";
import type { Flags } from "./flags.ts";
import { inheritedFor, streamsFor } from "./terminal.ts";
import { leaveWaiter, waiterPath } from "./waiter.ts";

const CONNECTION = 3;
const TERMINAL = 4;
const EXIT_FAILED = 255;

export const command: Command = {
  flags: {
    "console-socket": "text",
    cwd: "text",
    env: "list",
    tty: "truth",
    user: "text",
    "additional-gids": "list",
    process: "text",
    detach: "truth",
    "pid-file": "text",
    "process-label": "text",
    apparmor: "text",
    "no-new-privs": "truth",
    cap: "list",
    "preserve-fds": "text",
    cgroup: "list",
    "ignore-paused": "truth",
    "internal-pid-file": "text",
  },
  short: {
    e: "env",
    t: "tty",
    u: "user",
    g: "additional-gids",
    p: "process",
    d: "detach",
    c: "cap",
  },
  words: [1, 10_000],
  failure: "exec failed: ",
  failureStatus: EXIT_FAILED,
  usage: `exec [OPTIONS] ID COMMAND [ARG…]
       tvisor exec [OPTIONS] --process FILE ID

Runs a process more in a running container. The exit status is the process's own.

Options:
  -t, --tty                  give it a terminal
  -u, --user UID[:GID]       run it as this user
  -g, --additional-gids N    one more group; may be repeated
  --cwd DIR                  start it in DIR
  -e, --env K=V              set a variable; may be repeated
  -c, --cap NAME             one more capability; may be repeated
  --no-new-privs             it can never gain privileges
  -p, --process FILE         all of that from a process.json
  -d, --detach               do not wait for it
  --console-socket PATH      socket that gets its terminal
  --pid-file FILE            where to write the number of the process that stands for it
  --internal-pid-file FILE   where to write the number that it has inside
  --preserve-fds N           give it N descriptors besides its streams, from 3 on
  --ignore-paused            also in a container that is paused: it runs when that ends
  --cgroup PATH              put it in this control group of the container; may begin with CONTROLLER:
  --apparmor PROFILE         accepted: a sandbox needs none
  --process-label LABEL      accepted, as --apparmor

Examples:
  tvisor exec -t web sh
  tvisor exec --user 1000:1000 --cwd /tmp -e DEBUG=1 web ./check
`,
  run: execIn,
};

function execIn(context: Context, flags: Flags): number {
  const [id, ...args] = flags.words;
  const record = context.store.load(id!);
  const isWhole = flags.text("process") !== "";
  if (!isWhole && args.length === 0) throw new CommandError("process args cannot be empty");
  const wanted = isWhole ? loadProcess(context, flags.text("process")) : fromFlags(flags, args);
  const detaches = flags.is("detach");
  const consoleSocket = flags.text("console-socket");
  const streams = streamsFor(context, wanted, { consoleSocket, detaches });
  const inherited = inheritedFor(flags.number("preserve-fds", 0));
  const fd = connect(context, record);
  if (fd === null) throw new CommandError("cannot exec in a stopped container");
  const answer = askOn(
    context,
    fd,
    {
      op: "exec",
      id: record.id,
      process: wanted,
      inherits: !isWhole,
      ignoresPause: flags.is("ignore-paused"),
      cgroup: cgroupOf(flags),
      streams: streams.length,
      inherited: inherited.length,
    },
    [...streams, ...inherited],
  );
  if (answer === null) throw new CommandError("cannot exec in a stopped container");
  const ownTerminal = wanted.terminal === true && consoleSocket !== "" ? streams[0]! : -1;
  const pid = detaches ? leaveWaiter(context, fd, ownTerminal) : process.pid;
  writeNumber(flags.text("pid-file"), pid);
  writeNumber(flags.text("internal-pid-file"), answer.pid ?? 0);
  return detaches ? 0 : become(context, fd, ownTerminal);
}

/** What is said replaces or adds to the container's own process. */
function fromFlags(flags: Flags, args: readonly string[]): ProcessSpec {
  return {
    args,
    cwd: flags.text("cwd"),
    terminal: flags.is("tty"),
    env: flags.all("env"),
    user: parseUser(flags),
    ...(flags.has("cap") ? { capabilities: { bounding: flags.all("cap") } } : {}),
    ...(flags.has("no-new-privs") ? { noNewPrivileges: flags.is("no-new-privs") } : {}),
  };
}

/** What is not said is left out. */
function parseUser(flags: Flags): NonNullable<ProcessSpec["user"]> {
  const said = flags.text("user");
  const match = /^(\d+)?(?::(\d+))?$/.exec(said);
  if (match === null || (said !== "" && match[1] === undefined))
    throw new CommandError(`--user takes UID or UID:GID as numbers, not "${said}"`);
  const additionalGids = flags.all("additional-gids").map((text) => {
    if (!/^\d+$/.test(text))
      throw new CommandError(`--additional-gids takes a number, not "${text}"`);
    return Number(text);
  });
  const [, uid, gid] = match;
  return {
    ...(uid === undefined ? {} : { uid: Number(uid) }),
    ...(gid === undefined ? {} : { gid: Number(gid) }),
    additionalGids,
  };
}

/** There is one hierarchy inside: which controller is meant makes no difference. */
function cgroupOf(flags: Flags): string {
  const paths = flags.all("cgroup").map((text) => text.slice(text.indexOf(":") + 1));
  if (new Set(paths).size > 1)
    throw new CommandError(
      `--cgroup names several groups, and a process is in one: ${paths.join(", ")}`,
    );
  return paths[0] ?? "";
}

function writeNumber(path: string, number: number): void {
  if (path === "") return;
  try {
    writeFileSync(path, String(number));
  } catch (error) {
    throw new CommandError(`cannot write the pid file: ${(error as Error).message}`);
  }
}

/** This process is the waiter from here on. */
function become({ launch }: Context, fd: number, terminal: number): never {
  launch.place(fd, CONNECTION);
  if (terminal >= 0) launch.place(terminal, TERMINAL);
  const path = waiterPath();
  process.execve!(path, [path, ...(terminal >= 0 ? ["terminal"] : [])], {});
  throw new CommandError("the waiter cannot be started");
}

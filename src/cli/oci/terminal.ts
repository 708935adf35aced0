/**
 * terminal: where a process's terminal comes from: the user's own, or a new one of the host whose
 * master goes to whoever listens at --console-socket.
 */
import { readlinkSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { errnoText } from "../../abi/errno-text.ts";
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../abi/fcntl.ts";
import type { ProcessSpec } from "../../oci/spec.ts";
import { CommandError, type Context } from "./context.ts";

const STDIN = 0;

export interface TerminalChoice {
  readonly consoleSocket: string;
  readonly detaches: boolean;
}

/** Descriptors of the process's streams: one terminal, or our three. */
export function streamsFor(
  context: Context,
  process: ProcessSpec,
  { consoleSocket, detaches }: TerminalChoice,
): number[] {
  if (process.terminal !== true) {
    if (consoleSocket !== "")
      throw new CommandError("cannot use console socket if tvisor will not detach or allocate tty");
    return [0, 1, 2];
  }
  if (consoleSocket !== "") return [openForSocket(context, process, consoleSocket)];
  if (detaches)
    throw new CommandError(
      "cannot allocate tty if tvisor will detach without setting console socket",
    );
  if (!context.launch.isTerminal(STDIN))
    throw new CommandError("a terminal was asked for, and standard input is not one");
  return [STDIN];
}

function openForSocket(context: Context, process: ProcessSpec, socket: string): number {
  const { host, launch, packets } = context;
  const { height = 0, width = 0 } = process.consoleSize ?? {};
  const pair = launch.openTerminal(height, width);
  if (typeof pair === "number")
    throw new CommandError(`cannot make a terminal: ${errnoText(-pair)}`);
  const [master, slave] = pair;
  const path = resolve(socket);
  const directory = host.openat(AT_FDCWD, dirname(path), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const rc = directory < 0 ? directory : packets.give(directory, basename(path), master);
  if (directory >= 0) host.close(directory);
  host.close(master);
  if (rc < 0) throw new CommandError(`cannot give the terminal to ${socket}: ${errnoText(-rc)}`);
  return slave;
}

/** Descriptors from 3 on that the process inherits. */
export function inheritedFor(count: number): number[] {
  const found = Array.from({ length: count }, (_, i) => 3 + i);
  const missing = found.find((fd) => !isOpen(fd));
  if (missing !== undefined)
    throw new CommandError(`--preserve-fds: descriptor ${missing} is not open`);
  return found;
}

function isOpen(fd: number): boolean {
  try {
    readlinkSync(`/proc/self/fd/${fd}`);
    return true;
  } catch {
    return false;
  }
}

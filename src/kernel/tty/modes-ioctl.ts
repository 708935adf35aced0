/**
 * The ioctls that read and change a terminal's modes: TCGETS, TCSETS and their kin (ioctl_tty(2),
 * tcsetattr(3)). Both ends of a pty mean the terminal's modes with them.
 *  - A change by a background process is refused by job control (SIGTTOU) before anything happens.
 *  - TCSETSW and TCSETSF wait for nothing: a pty's output is where it goes as soon as it is written.
 */
import { EFAULT } from "../../abi/errno.ts";
import {
  TCGETA,
  TCGETS,
  TCGETS2,
  TCSETA,
  TCSETAF,
  TCSETAW,
  TCSETS,
  TCSETS2,
  TCSETSF,
  TCSETSF2,
  TCSETSW,
  TCSETSW2,
} from "../../abi/ioctl.ts";
import { termios, termios2 } from "../../abi/termios.ts";
import type { Task } from "../task/task.ts";
import { checkWrite } from "./job-control.ts";
import { TERMIO_SIZE, type Termios } from "./termios.ts";
import type { Tty } from "./tty.ts";

type Shape = "termio" | "termios" | "termios2";

interface ModeCommand {
  readonly shape: Shape;
  readonly sets: boolean;
  /** Forget what was received and not read. */
  readonly flushes: boolean;
}

function command(shape: Shape, sets = true, flushes = false): ModeCommand {
  return { shape, sets, flushes };
}

const COMMANDS: ReadonlyMap<number, ModeCommand> = new Map([
  [TCGETS, command("termios", false)],
  [TCSETS, command("termios")],
  [TCSETSW, command("termios")],
  [TCSETSF, command("termios", true, true)],
  [TCGETS2, command("termios2", false)],
  [TCSETS2, command("termios2")],
  [TCSETSW2, command("termios2")],
  [TCSETSF2, command("termios2", true, true)],
  [TCGETA, command("termio", false)],
  [TCSETA, command("termio")],
  [TCSETAW, command("termio")],
  [TCSETAF, command("termio", true, true)],
]);

const SIZES: Readonly<Record<Shape, number>> = {
  termio: TERMIO_SIZE,
  termios: termios.size,
  termios2: termios2.size,
};

/** The answer, or null when `request` is none of these. */
export function modesIoctl(task: Task, tty: Tty, request: number, at: number): number | null {
  const found = COMMANDS.get(request);
  if (found === undefined) return null;
  return found.sets ? setModes(task, tty, found, at) : getModes(task, tty, found.shape, at);
}

function getModes(task: Task, tty: Tty, shape: Shape, at: number): number {
  const bytes = new Uint8Array(SIZES[shape]);
  const view = new DataView(bytes.buffer);
  if (shape === "termio") tty.termios.encodeOld(view, 0);
  else tty.termios.encode(view, 0, shape === "termios2");
  return task.mm.write(at, bytes);
}

function setModes(task: Task, tty: Tty, { shape, flushes }: ModeCommand, at: number): number {
  const rc = checkWrite(task, tty);
  if (rc < 0) return rc;
  const view = task.mm.view(at, SIZES[shape]);
  if (view === null) return -EFAULT;
  const modes: Termios = tty.termios.copy();
  if (shape === "termio") modes.decodeOld(view, 0);
  else modes.decode(view, 0, shape === "termios2");
  if (flushes) tty.flushInput();
  tty.setTermios(modes);
  return 0;
}

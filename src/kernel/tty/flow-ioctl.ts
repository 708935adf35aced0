/**
 * TCXONC and TCFLSH: stop, start and forget what is on its way (tcflow(3), tcflush(3)).
 * Asked of the master, input and output change roles: its input is what the terminal put out.
 */
import { EINVAL } from "../../abi/errno.ts";
import {
  TCIFLUSH,
  TCIOFF,
  TCIOFLUSH,
  TCION,
  TCOFLUSH,
  TCOOFF,
  TCOON,
  VSTART,
  VSTOP,
} from "../../abi/termios.ts";
import type { Task } from "../task/task.ts";
import type { End } from "./ioctl.ts";
import { checkWrite } from "./job-control.ts";
import type { Tty } from "./tty.ts";

export function flowIoctl(task: Task, { pty, isMaster }: End, action: number): number {
  const { tty } = pty;
  const rc = checkWrite(task, tty);
  if (rc < 0) return rc;
  if (action !== TCOOFF && action !== TCOON && action !== TCIOFF && action !== TCION)
    return -EINVAL;
  if (isMaster) return 0;
  if (action === TCOOFF) {
    tty.stop();
    tty.stoppedByIoctl = true;
  } else if (action === TCOON) {
    if (!tty.stoppedByIoctl) return 0;
    tty.stoppedByIoctl = false;
    tty.start();
  } else sendFlowCharacter(tty, action === TCIOFF ? VSTOP : VSTART);
  return 0;
}

/** Ask the other side to stop or go on, past what ^S holds back; TCOOFF holds this back too. */
function sendFlowCharacter(tty: Tty, index: number): void {
  const character = tty.termios.cc[index]!;
  if (character === 0 || tty.stoppedByIoctl) return;
  const wasStopped = tty.stopped;
  tty.start();
  tty.emit(character);
  if (wasStopped) tty.stop();
  tty.settle();
}

export function flushIoctl(task: Task, { pty, isMaster }: End, queue: number): number {
  const rc = checkWrite(task, pty.tty);
  if (rc < 0) return rc;
  if (queue !== TCIFLUSH && queue !== TCOFLUSH && queue !== TCIOFLUSH) return -EINVAL;
  if (queue !== TCOFLUSH) flushIn(pty.tty, isMaster);
  if (queue !== TCIFLUSH) flushOut(pty.tty, isMaster);
  return 0;
}

function flushIn(tty: Tty, isMaster: boolean): void {
  if (isMaster) {
    tty.pty.outgoing.truncate();
    tty.outputReady();
    return;
  }
  tty.pty.incoming.truncate();
  tty.flushInput();
  tty.receive();
}

function flushOut(tty: Tty, isMaster: boolean): void {
  if (isMaster) tty.pty.incoming.truncate();
  else tty.flushOutput();
}

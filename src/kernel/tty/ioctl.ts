/**
 * ioctls of terminals (ioctl_tty(2)): two tables, one that both ends of a pty answer and one of the
 * master alone. A handler gets the end that was asked; modes, size and sessions are the terminal's.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EFAULT, EINVAL, EIO, ENOTTY, EPERM, ESRCH } from "../../abi/errno.ts";
import { O_CLOEXEC } from "../../abi/fcntl.ts";
import {
  FIONREAD,
  TCFLSH,
  TCSBRK,
  TCSBRKP,
  TCXONC,
  TIOCCBRK,
  TIOCCONS,
  TIOCEXCL,
  TIOCGDEV,
  TIOCGETD,
  TIOCGEXCL,
  TIOCGPGRP,
  TIOCGPKT,
  TIOCGPTLCK,
  TIOCGPTN,
  TIOCGPTPEER,
  TIOCGSID,
  TIOCGSOFTCAR,
  TIOCGWINSZ,
  TIOCNOTTY,
  TIOCNXCL,
  TIOCOUTQ,
  TIOCPKT,
  TIOCSBRK,
  TIOCSCTTY,
  TIOCSETD,
  TIOCSIG,
  TIOCSPGRP,
  TIOCSPTLCK,
  TIOCSSOFTCAR,
  TIOCSTI,
  TIOCSWINSZ,
  TIOCVHANGUP,
} from "../../abi/ioctl.ts";
import { SIGINT, SIGQUIT, SIGTSTP } from "../../abi/signal.ts";
import { CLOCAL, N_TTY, winsize } from "../../abi/termios.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../fd/install.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";
import { flowIoctl, flushIoctl } from "./flow-ioctl.ts";
import { acquire, checkWrite, controllingTty, release } from "./job-control.ts";
import type { MasterFile } from "./master-file.ts";
import { modesIoctl } from "./modes-ioctl.ts";
import type { Pty } from "./pty.ts";
import type { Tty } from "./tty.ts";
import type { TtyFile } from "./tty-file.ts";

/** Who was asked. `pty.tty` is the terminal; `isMaster` says which end. */
export interface End {
  readonly file: File;
  readonly pty: Pty;
  readonly isMaster: boolean;
}

type Handler = (task: Task, end: End, argument: number) => number;

export function slaveIoctl(task: Task, file: TtyFile, request: number, argument: number): number {
  const end = { file, pty: file.tty.pty, isMaster: false };
  return answer(task, end, COMMON.get(request), request, argument);
}

export function masterIoctl(
  task: Task,
  file: MasterFile,
  request: number,
  argument: number,
): number {
  const end = { file, pty: file.pty, isMaster: true };
  const handler = MASTER.get(request) ?? COMMON.get(request);
  return answer(task, end, handler, request, argument);
}

function answer(
  task: Task,
  end: End,
  handler: Handler | undefined,
  request: number,
  argument: number,
): number {
  if (handler !== undefined) return handler(task, end, argument);
  return modesIoctl(task, end.pty.tty, request, argument) ?? -ENOTTY;
}

// --- both ends ----------------------------------------------------------------------------------

const COMMON: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [TIOCGWINSZ, getWindowSize],
  [TIOCSWINSZ, setWindowSize],
  [TIOCGPGRP, getForeground],
  [TIOCSPGRP, setForeground],
  [TIOCGSID, getSession],
  [TIOCSCTTY, (task, end, steal) => acquire(task, end.file, end.pty.tty, steal === 1)],
  [TIOCNOTTY, (task, end) => (end.isMaster ? -ENOTTY : release(task, end.pty.tty))],
  [FIONREAD, (task, end, at) => task.mm.writeI32(at, bytesToRead(end))],
  [TIOCOUTQ, (task, _end, at) => task.mm.writeI32(at, 0)],
  [TCFLSH, flushIoctl],
  [TCXONC, flowIoctl],
  [TCSBRK, background],
  [TCSBRKP, background],
  [TIOCSBRK, background],
  [TIOCCBRK, background],
  [TIOCSTI, () => refuse(EIO, "TIOCSTI: faking input is switched off")],
  [TIOCGETD, (task, _end, at) => task.mm.writeI32(at, N_TTY)],
  [TIOCSETD, setDiscipline],
  [TIOCEXCL, (_task, end) => setExclusive(end.pty.tty, true)],
  [TIOCNXCL, (_task, end) => setExclusive(end.pty.tty, false)],
  [TIOCGEXCL, (task, end, at) => task.mm.writeI32(at, Number(end.pty.tty.exclusive))],
  [TIOCGDEV, (task, end, at) => task.mm.writeU32(at, end.pty.tty.deviceNumber)],
  [TIOCGSOFTCAR, (task, end, at) => task.mm.writeI32(at, Number(isLocal(end.pty.tty)))],
  [TIOCSSOFTCAR, setLocal],
  [TIOCVHANGUP, hangUp],
  [TIOCCONS, (_task, end) => (end.isMaster ? -EINVAL : refuse(EPERM, "TIOCCONS: not the console"))],
  [TIOCGPTPEER, () => -EIO],
]);

function bytesToRead({ pty, isMaster }: End): number {
  if (isMaster) return pty.readable;
  const { buffer, isCanonical } = pty.tty;
  return isCanonical ? buffer.canonicalCount() : buffer.count;
}

function getWindowSize(task: Task, { pty }: End, at: number): number {
  const { windowSize } = pty.tty;
  const bytes = new Uint8Array(winsize.size);
  winsize.write(new DataView(bytes.buffer), 0, {
    ws_row: windowSize.rows,
    ws_col: windowSize.columns,
    ws_xpixel: windowSize.xPixels,
    ws_ypixel: windowSize.yPixels,
  });
  return task.mm.write(at, bytes);
}

function setWindowSize(task: Task, { pty }: End, at: number): number {
  const view = task.mm.view(at, winsize.size);
  if (view === null) return -EFAULT;
  const size = winsize.read(view, 0);
  pty.resize(size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
  return 0;
}

/** The slave tells only those whom it controls; the master tells anyone who has it. */
function mayAskSession(task: Task, { pty, isMaster }: End): boolean {
  return isMaster || controllingTty(task) === pty.tty;
}

function getForeground(task: Task, end: End, at: number): number {
  if (!mayAskSession(task, end)) return refuse(ENOTTY, "TIOCGPGRP: not the controlling terminal");
  return task.mm.writeI32(at, task.numberOf(end.pty.tty.foreground?.id ?? 0));
}

function getSession(task: Task, end: End, at: number): number {
  const { session } = end.pty.tty;
  if (!mayAskSession(task, end) || session === null)
    return refuse(ENOTTY, "TIOCGSID: not the controlling terminal of a session");
  return task.mm.writeI32(at, task.numberOf(session.id));
}

function setForeground(task: Task, { pty }: End, at: number): number {
  const { tty } = pty;
  const rc = checkWrite(task, tty);
  if (rc < 0) return rc === -EIO ? -ENOTTY : rc;
  const id = task.mm.readI32(at);
  if (Number.isNaN(id)) return -EFAULT;
  if (id < 0) return -EINVAL;
  const { session } = task.group;
  if (controllingTty(task) !== tty || tty.session !== session)
    return refuse(ENOTTY, "TIOCSPGRP: not the controlling terminal");
  const group = task.findProcessGroup(id);
  if (group === undefined) return refuse(ESRCH, "TIOCSPGRP: no such process group");
  if (group.session !== session) return refuse(EPERM, "TIOCSPGRP: a group of another session");
  tty.foreground = group;
  return 0;
}

/** Breaks do not exist here: only job control has a say. */
function background(task: Task, { pty }: End): number {
  return checkWrite(task, pty.tty);
}

function setDiscipline(task: Task, end: End, at: number): number {
  const rc = checkWrite(task, end.pty.tty);
  if (rc < 0) return rc;
  const discipline = task.mm.readI32(at);
  if (Number.isNaN(discipline)) return -EFAULT;
  return discipline === N_TTY ? 0 : refuse(EINVAL, "TIOCSETD: only N_TTY is there");
}

function setExclusive(tty: Tty, on: boolean): number {
  tty.exclusive = on;
  return 0;
}

function isLocal(tty: Tty): boolean {
  return (tty.termios.cflag & CLOCAL) !== 0;
}

function setLocal(task: Task, { pty }: End, at: number): number {
  const on = task.mm.readI32(at);
  if (Number.isNaN(on)) return -EFAULT;
  const { termios } = pty.tty;
  termios.cflag = on !== 0 ? termios.cflag | CLOCAL : termios.cflag & ~CLOCAL;
  return 0;
}

function hangUp(task: Task, { pty }: End): number {
  if (!task.credentials.has(CAP_SYS_ADMIN))
    return refuse(EPERM, "TIOCVHANGUP: needs CAP_SYS_ADMIN");
  pty.tty.hangUp();
  return 0;
}

// --- the master ---------------------------------------------------------------------------------

const MASTER: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [TIOCGPTN, (task, { pty }, at) => task.mm.writeU32(at, pty.index)],
  [TIOCSPTLCK, setLocked],
  [TIOCGPTLCK, (task, { pty }, at) => task.mm.writeI32(at, Number(pty.locked))],
  [TIOCPKT, setPacketMode],
  [TIOCGPKT, (task, { pty }, at) => task.mm.writeI32(at, Number(pty.packetMode))],
  [TIOCSIG, sendSignal],
  [TIOCGPTPEER, openPeer],
]);

function setLocked(task: Task, { pty }: End, at: number): number {
  const on = task.mm.readI32(at);
  if (Number.isNaN(on)) return -EFAULT;
  pty.locked = on !== 0;
  return 0;
}

function setPacketMode(task: Task, { pty }: End, at: number): number {
  const on = task.mm.readI32(at);
  if (Number.isNaN(on)) return -EFAULT;
  if (on !== 0 && !pty.packetMode) pty.packetStatus = 0;
  pty.packetMode = on !== 0;
  return 0;
}

function sendSignal(_task: Task, { pty }: End, signo: number): number {
  if (signo !== SIGINT && signo !== SIGQUIT && signo !== SIGTSTP)
    return refuse(EINVAL, "TIOCSIG: only SIGINT, SIGQUIT and SIGTSTP");
  pty.tty.signalForeground(signo);
  return 0;
}

function openPeer(task: Task, { pty }: End, flags: number): number {
  const file = pty.home.openPeer(task, pty, flags & ~O_CLOEXEC);
  if (typeof file === "number") return file;
  return installFile(task, file, (flags & O_CLOEXEC) !== 0);
}

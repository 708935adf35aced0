/**
 * Signal frames on the guest's stack: rt_sigframe, built before a handler runs and taken back by
 * rt_sigreturn (sigreturn(2); layout in abi/sigframe.ts).
 *
 * From the old stack pointer down: red zone (128 bytes, not on a fresh alternate stack), the FP image
 * (64-byte aligned), the frame (16-byte aligned minus 8, as after a call).
 */

import {
  FP_XSTATE_MAGIC1,
  FP_XSTATE_MAGIC2,
  rt_sigframe,
  sigcontext,
  UC_FP_XSTATE,
  UC_SIGCONTEXT_SS,
  UC_STRICT_RESTORE_SS,
  ucontext,
} from "../../abi/sigframe.ts";
import {
  SA_NODEFER,
  SA_ONSTACK,
  SA_SIGINFO,
  SS_AUTODISARM,
  SS_DISABLE,
  SS_ONSTACK,
} from "../../abi/signal.ts";
import { getU64, setU64 } from "../../abi/struct.ts";
import { Reg } from "../../platform/contract.ts";
import type { Task } from "../task/task.ts";
import type { SignalAction } from "./handlers.ts";
import type { SigInfo } from "./siginfo.ts";
import { bitHigh, bitLow } from "./sigset.ts";

const RED_ZONE = 128;
const LEGACY_FP = 512;
const SW_MAGIC1 = 464;
const SW_XSTATE_SIZE = 480;
const MAX_XSTATE = 16384;
/** DF, TF, RF: cleared for a handler. */
const FLAGS_CLEARED = 0x400 | 0x100 | 0x10000;
const UC = rt_sigframe.at.uc;
const MCONTEXT = UC + ucontext.at.uc_mcontext;
const GENERAL_REGISTERS = 18;

/** Make the task run the handler of `info`. False when its stack cannot take the frame. */
export function pushFrame(task: Task, action: SignalAction, info: SigInfo): boolean {
  const { thread, signals } = task;
  const image = thread.readFpState();
  if (image === null) return false;
  let sp = thread.register(Reg.rsp);
  const onAlt = signals.onAltStack(sp);
  const usesAlt = (action.flags & SA_ONSTACK) !== 0 && !onAlt && signals.altStackSize > 0;
  sp = usesAlt ? signals.altStack + signals.altStackSize : sp - RED_ZONE;
  const fpAddress = alignDown(sp - image.length, 64);
  const frame = alignDown(fpAddress - rt_sigframe.size, 16) - 8;
  if (frame < 0 || ((usesAlt || onAlt) && frame < signals.altStack)) return false;

  // The frame and the image above it, with the gap between them, go out as one.
  const bytes = new Uint8Array(fpAddress + image.length - frame);
  const view = new DataView(bytes.buffer);
  bytes.set(image, fpAddress - frame);
  setU64(view, rt_sigframe.at.pretcode, action.restorer);
  writeContext(task, view, fpAddress, onAlt || usesAlt);
  if (action.flags & SA_SIGINFO) info.encode(view, rt_sigframe.at.info);
  if (task.mm.write(frame, bytes) < 0) return false;
  if (!thread.writeFpState(null)) return false;

  thread.setRegister(Reg.rdi, info.signo);
  thread.setRegister(Reg.rsi, frame + rt_sigframe.at.info);
  thread.setRegister(Reg.rdx, frame + UC);
  thread.setRegister(Reg.rax, 0);
  thread.setRegister(Reg.rip, action.handler);
  thread.setRegister(Reg.rsp, frame);
  const flags = thread.registerLow(Reg.eflags) & ~FLAGS_CLEARED;
  thread.setRegisterHalves(Reg.eflags, flags, 0);
  enterHandler(task, action, info.signo, usesAlt);
  return true;
}

function writeContext(task: Task, view: DataView, fpAddress: number, onAlt: boolean): void {
  const { thread, signals } = task;
  setU64(view, UC, UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS);
  const stack = UC + ucontext.at.uc_stack;
  setU64(view, stack, signals.altStack);
  view.setInt32(
    stack + 8,
    signals.altStackSize === 0 ? SS_DISABLE : signals.altStackFlags | (onAlt ? SS_ONSTACK : 0),
    true,
  );
  setU64(view, stack + 16, signals.altStackSize);
  for (let i = 0; i <= GENERAL_REGISTERS; i++) {
    view.setUint32(MCONTEXT + 8 * i, thread.registerLow(i), true);
    view.setUint32(MCONTEXT + 8 * i + 4, thread.registerHigh(i), true);
  }
  const { fault } = thread;
  setU64(view, MCONTEXT + sigcontext.at.err, fault.error);
  setU64(view, MCONTEXT + sigcontext.at.trapno, fault.trap);
  setU64(view, MCONTEXT + sigcontext.at.cr2, fault.address);
  setU64(view, MCONTEXT + sigcontext.at.fpstate, fpAddress);
  const mask = UC + ucontext.at.uc_sigmask;
  // A call with a temporary mask goes back to the mask it replaced.
  view.setInt32(mask, signals.hasSaved ? signals.savedLo : signals.blockedLo, true);
  view.setInt32(mask + 4, signals.hasSaved ? signals.savedHi : signals.blockedHi, true);
  view.setInt32(
    MCONTEXT + sigcontext.at.oldmask,
    signals.hasSaved ? signals.savedLo : signals.blockedLo,
    true,
  );
}

function enterHandler(task: Task, action: SignalAction, signo: number, usesAlt: boolean): void {
  const { signals } = task;
  signals.hasSaved = false;
  let lo = signals.blockedLo | action.maskLo;
  let hi = signals.blockedHi | action.maskHi;
  if ((action.flags & SA_NODEFER) === 0) {
    lo |= bitLow(signo);
    hi |= bitHigh(signo);
  }
  signals.setBlocked(lo, hi);
  if (usesAlt && (signals.altStackFlags & SS_AUTODISARM) !== 0) signals.clearAltStack();
}

/** rt_sigreturn: take the frame below the stack pointer back. False when it cannot be read. */
export function popFrame(task: Task): boolean {
  const { thread, signals, mm } = task;
  // The handler's return took the frame's first word, pretcode, from the stack.
  const bytes = mm.read(thread.register(Reg.rsp), rt_sigframe.at.info - UC);
  if (bytes === null) return false;
  const view = new DataView(bytes.buffer);
  const mask = ucontext.at.uc_sigmask;
  signals.setBlocked(view.getInt32(mask, true), view.getInt32(mask + 4, true));
  for (let i = 0; i < GENERAL_REGISTERS; i++)
    thread.setRegisterHalves(
      i,
      view.getUint32(ucontext.at.uc_mcontext + 8 * i, true),
      view.getUint32(ucontext.at.uc_mcontext + 8 * i + 4, true),
    );
  restoreAltStack(task, view);
  return restoreFpState(task, getU64(view, ucontext.at.uc_mcontext + sigcontext.at.fpstate));
}

function restoreAltStack(task: Task, view: DataView): void {
  const { signals } = task;
  const stack = ucontext.at.uc_stack;
  const flags = view.getInt32(stack + 8, true);
  // On the stack it says so, and sigaltstack refuses to change it: sigreturn ignores that.
  if (signals.onAltStack(task.thread.register(Reg.rsp))) return;
  if (flags & SS_DISABLE) return signals.clearAltStack();
  signals.altStack = getU64(view, stack);
  signals.altStackSize = getU64(view, stack + 16);
  signals.altStackFlags = flags & SS_AUTODISARM;
}

function restoreFpState(task: Task, address: number): boolean {
  const { thread, mm } = task;
  if (address === 0) return thread.writeFpState(null);
  const legacy = mm.read(address, LEGACY_FP);
  if (legacy === null) return false;
  const view = new DataView(legacy.buffer);
  const size = view.getUint32(SW_XSTATE_SIZE, true);
  const extended =
    view.getUint32(SW_MAGIC1, true) === FP_XSTATE_MAGIC1 && size > LEGACY_FP && size <= MAX_XSTATE;
  if (!extended) return thread.writeFpState(legacy);
  const image = mm.read(address, size + 4);
  if (image === null) return false;
  const magic2 = new DataView(image.buffer).getUint32(size, true);
  return thread.writeFpState(magic2 === FP_XSTATE_MAGIC2 ? image : legacy);
}

function alignDown(address: number, to: number): number {
  return address - (((address % to) + to) % to);
}

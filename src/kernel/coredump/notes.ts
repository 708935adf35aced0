/**
 * The notes of a core file: the threads with their registers, the process, the signal, the auxiliary vector, the mapped
 * files (core(5); elf(5), "Notes").
 */
import {
  elf_prpsinfo,
  elf_prstatus,
  NT_AUXV,
  NT_FILE,
  NT_PRFPREG,
  NT_PRPSINFO,
  NT_PRSTATUS,
  NT_SIGINFO,
  NT_X86_XSTATE,
} from "../../abi/core.ts";
import { Elf64_Nhdr } from "../../abi/elf.ts";
import { ARCH_GET_FS } from "../../abi/process.ts";
import { type Bits64, setU64 } from "../../abi/struct.ts";
import { Reg } from "../../platform/contract.ts";
import { SIGINFO_SIZE, type SigInfo } from "../signal/siginfo.ts";
import type { Task } from "../task/task.ts";
import { pathname } from "../vfs/pathname.ts";

const PAGE = 4096;
const USER_CS = 0x33;
const USER_SS = 0x2b;
const ZERO: Bits64 = { lo: 0, hi: 0 };
/** Of struct user_fpregs_struct; an xsave image begins with it. */
const FPREGS_SIZE = 512;
/** The software header of an xsave image in a signal frame, and where debuggers look for XCR0. */
const SOFTWARE = 464;
const FP_XSTATE_MAGIC1 = 0x46505853;
/** The stack is left alone so far below its pointer. */
const RED_ZONE = 256;

/** Order of struct user_regs_struct; null for what is put in by hand. */
const REGISTERS: readonly (number | null)[] = [
  Reg.r15,
  Reg.r14,
  Reg.r13,
  Reg.r12,
  Reg.rbp,
  Reg.rbx,
  Reg.r11,
  Reg.r10,
  Reg.r9,
  Reg.r8,
  Reg.rax,
  Reg.rcx,
  Reg.rdx,
  Reg.rsi,
  Reg.rdi,
  null, // orig_rax
  Reg.rip,
  null, // cs
  Reg.eflags,
  Reg.rsp,
  null, // ss
  null, // fs_base
];
const ORIG_RAX = 15;
const CS = 17;
const SS = 20;
const FS_BASE = 21;

/** All notes, each padded to four bytes. */
export function coreNotes(dumper: Task, info: SigInfo): Uint8Array {
  const parts: Uint8Array[] = [];
  putThread(parts, dumper, info.signo, () => {
    parts.push(note("CORE", NT_PRPSINFO, processInfo(dumper)));
    const signal = new Uint8Array(SIGINFO_SIZE);
    info.encode(new DataView(signal.buffer), 0);
    parts.push(note("CORE", NT_SIGINFO, signal));
    parts.push(note("CORE", NT_AUXV, dumper.mm.auxv));
    parts.push(note("CORE", NT_FILE, mappedFiles(dumper)));
  });
  for (const task of dumper.group.tasks)
    if (task !== dumper) putThread(parts, task, info.signo, () => {});
  return join(parts);
}

/** A thread's registers; `between` puts what belongs between its general and its other ones. */
function putThread(parts: Uint8Array[], task: Task, signo: number, between: () => void): void {
  const fp = task.thread.readFpState();
  parts.push(note("CORE", NT_PRSTATUS, threadStatus(task, signo, fp !== null)));
  between();
  if (fp === null) return;
  parts.push(note("CORE", NT_PRFPREG, fp.slice(0, FPREGS_SIZE)));
  const xstate = xstateOf(fp);
  if (xstate !== null) parts.push(note("LINUX", NT_X86_XSTATE, xstate));
}

function threadStatus(task: Task, signo: number, hasFp: boolean): Uint8Array {
  const { group, signals } = task;
  const bytes = new Uint8Array(elf_prstatus.size);
  const view = new DataView(bytes.buffer);
  elf_prstatus.write(view, 0, {
    pr_info: { si_signo: signo },
    pr_cursig: signo,
    pr_pid: task.ownTid,
    pr_ppid: task.numberOf(group.parentPid),
    pr_pgrp: task.numberOf(group.processGroup.id),
    pr_sid: task.numberOf(group.session.id),
    pr_reg: registersOf(task),
    pr_fpvalid: hasFp ? 1 : 0,
  });
  view.setInt32(elf_prstatus.at.pr_sighold, signals.blockedLo, true);
  view.setInt32(elf_prstatus.at.pr_sighold + 4, signals.blockedHi, true);
  return bytes;
}

function registersOf(task: Task): Bits64[] {
  const { thread } = task;
  const all = REGISTERS.map((index) =>
    index === null
      ? ZERO
      : { lo: thread.registerLow(index) >>> 0, hi: thread.registerHigh(index) >>> 0 },
  );
  all[ORIG_RAX] = { lo: 0xffffffff, hi: 0xffffffff };
  all[CS] = { lo: USER_CS, hi: 0 };
  all[SS] = { lo: USER_SS, hi: 0 };
  all[FS_BASE] = fsBase(task);
  while (all.length < elf_prstatus.fields.pr_reg.count) all.push(ZERO);
  return all;
}

/** The host writes it to guest memory: below the stack, where it is put back as it was. */
function fsBase(task: Task): Bits64 {
  const { thread, mm } = task;
  const at = thread.register(Reg.rsp) - (thread.register(Reg.rsp) % 16) - RED_ZONE;
  const old = mm.read(at, 8);
  if (old === null || thread.getBase(ARCH_GET_FS, at) < 0) return ZERO;
  const found = mm.read(at, 8);
  mm.write(at, old);
  if (found === null) return ZERO;
  const view = new DataView(found.buffer);
  return { lo: view.getUint32(0, true), hi: view.getUint32(4, true) };
}

/** The xsave image with XCR0 where debuggers expect it; null when the processor has no xsave. */
function xstateOf(image: Uint8Array): Uint8Array | null {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  if (image.length < FPREGS_SIZE || view.getUint32(SOFTWARE, true) !== FP_XSTATE_MAGIC1)
    return null;
  const size = Math.min(view.getUint32(SOFTWARE + 16, true), image.length);
  const copy = image.slice(0, size);
  copy.copyWithin(SOFTWARE, SOFTWARE + 8, SOFTWARE + 16);
  copy.fill(0, SOFTWARE + 8, FPREGS_SIZE);
  return copy;
}

function processInfo(task: Task): Uint8Array {
  const { group, credentials, mm } = task;
  const { userNamespace } = credentials;
  const bytes = new Uint8Array(elf_prpsinfo.size);
  elf_prpsinfo.write(new DataView(bytes.buffer), 0, {
    pr_sname: "R".charCodeAt(0),
    pr_nice: group.nice,
    pr_uid: userNamespace.shownUid(credentials.uid),
    pr_gid: userNamespace.shownGid(credentials.gid),
    pr_pid: group.ownPid,
    pr_ppid: task.numberOf(group.parentPid),
    pr_pgrp: task.numberOf(group.processGroup.id),
    pr_sid: task.numberOf(group.session.id),
    pr_fname: padded(latin1(task.comm), 16),
    pr_psargs: padded(commandLine(mm.read(mm.argStart, mm.argEnd - mm.argStart)), 80),
  });
  return bytes;
}

/** Arguments with spaces between. */
function commandLine(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) return new Uint8Array(0);
  return bytes.subarray(0, 79).map((byte) => (byte === 0 ? 0x20 : byte));
}

/** Which part of which file is where: a count, the page size, three words each, then the names. */
function mappedFiles(task: Task): Uint8Array {
  const mapped = task.mm.areas.areas.filter((area) => area.file?.path != null);
  const names = mapped.map((area) => latin1(`${pathname(area.file!.path!, task.fs.root)}\0`));
  const words = new Uint8Array(16 + 24 * mapped.length);
  const view = new DataView(words.buffer);
  setU64(view, 0, mapped.length);
  setU64(view, 8, PAGE);
  for (const [index, area] of mapped.entries()) {
    setU64(view, 16 + 24 * index, area.start);
    setU64(view, 24 + 24 * index, area.end);
    setU64(view, 32 + 24 * index, Math.floor(area.offset / PAGE));
  }
  return join([words, ...names]);
}

function note(name: string, type: number, data: Uint8Array): Uint8Array {
  const start = Elf64_Nhdr.size + 8;
  const bytes = new Uint8Array(start + ((data.length + 3) & ~3));
  Elf64_Nhdr.write(new DataView(bytes.buffer), 0, {
    n_namesz: name.length + 1,
    n_descsz: data.length,
    n_type: type,
  });
  bytes.set(latin1(name), Elf64_Nhdr.size);
  bytes.set(data, start);
  return bytes;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(bytes.subarray(0, length - 1));
  return whole;
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

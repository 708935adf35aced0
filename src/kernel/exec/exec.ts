/**
 * execve(2): a task becomes another program.
 *
 * Mostly in a fresh address space: it is built whole while every error can still be returned. Then
 * comes the point of no return: the other threads end, the task moves into the new space under its
 * process's pid, and what exec resets is reset. The old space dies with its last user.
 * A process of one thread that gains no privilege keeps its space, emptied: whatever the old program
 * may have hidden there only reaches the new one of the same user, and a process less is made and ended.
 */
import { E2BIG, ELIBBAD, ELOOP, ENOENT, ENOMEM } from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import {
  MAP_ANONYMOUS,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_STACK,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from "../../abi/mman.ts";
import {
  ADDR_NO_RANDOMIZE,
  ARCH_SET_FS,
  ARCH_SET_GS,
  AT_BASE,
  AT_CLKTCK,
  AT_EGID,
  AT_ENTRY,
  AT_EUID,
  AT_EXECFN,
  AT_FLAGS,
  AT_GID,
  AT_HWCAP,
  AT_HWCAP2,
  AT_MINSIGSTKSZ,
  AT_PAGESZ,
  AT_PHDR,
  AT_PHENT,
  AT_PHNUM,
  AT_PLATFORM,
  AT_RANDOM,
  AT_RSEQ_ALIGN,
  AT_RSEQ_FEATURE_SIZE,
  AT_SECURE,
  AT_SYSINFO_EHDR,
  AT_UID,
} from "../../abi/process.ts";
import { RLIMIT_STACK } from "../../abi/resource.ts";
import { SIGCHLD, SIGKILL } from "../../abi/signal.ts";
import { signaledStatus } from "../../abi/wait.ts";
import { refuse } from "../../base/refuse.ts";
import { type GuestThread, Reg } from "../../platform/contract.ts";
import type { Credentials } from "../cred/credentials.ts";
import { credentialsForExec, type ExecCredentials } from "../cred/exec-credentials.ts";
import { Mm, PAGE_SIZE, pageDown, pageUp } from "../mm/mm.ts";
import { map } from "../mm/mmap.ts";
import { exitTask, releaseVforkParent } from "../task/exit.ts";
import { beginGroupExit } from "../task/group-exit.ts";
import { HANDLED } from "../task/park.ts";
import { NO_RSEQ, type Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";
import { clearBss, type Image, type LoadedImage, loadElf, parseElf } from "./elf.ts";
import { HEAD_SIZE, MAX_NESTING, parseScript } from "./script.ts";
import { buildStack } from "./stack.ts";

export interface ExecRequest {
  /** The executed file, opened for execution. */
  file: File;
  fileName: string;
  argv: string[];
  envp: string[];
  comm: string;
  /** fileName leads through a close-on-exec descriptor. */
  nameCloses: boolean;
}

/** A program that is loaded and has only to be entered. */
interface Prepared {
  mm: Mm;
  thread: GuestThread;
  entry: number;
  sp: number;
  credentials: Credentials;
  comm: string;
}

const STACK_GAP = 1 << 20;
/** Linux's bounds for the gap that it leaves to the stack, the upper one smaller. */
const MIN_STACK_ROOM = 128 << 20;
const MAX_STACK_ROOM = 2 ** 40;
/** Mapped at once, besides the arguments. */
const FIRST_STACK = 1 << 18;
const PIE_BASE = 0x555555554000;
const EFLAGS_START = 0x202;
const RSEQ_UNREGISTER = 1;

/** HANDLED when the task is (or will be) the new program, PARKED while siblings end, or -errno. */
export function exec(task: Task, request: ExecRequest): number {
  const prepared = (task.record.note as Prepared | null) ?? prepare(task, request);
  if (typeof prepared === "number") return prepared;
  task.record.note = prepared;
  const { group } = task;
  group.execing = task;
  endSiblings(task);
  if (group.tasks.length > 1) return task.parkKillable();
  commit(task, prepared);
  return HANDLED;
}

// --- while errors can be returned ---------------------------------------------------------------

function prepare(task: Task, request: ExecRequest): Prepared | number {
  const program = resolveScripts(task, request);
  if (typeof program === "number") return program;
  const { file } = program;
  const image = parseElf(file);
  if (typeof image === "number") return drop(file, image);
  const interpreter = image.interpreter === "" ? null : openInterpreter(task, image.interpreter);
  if (typeof interpreter === "number") return drop(file, interpreter);
  const identity = credentialsForExec(task, file);
  const inPlace = mayKeepSpace(task, identity);
  const thread = inPlace ? task.thread : task.kernel.platform.newSpace(task.mm.space);
  if (typeof thread === "number") {
    interpreter?.file.unref();
    return drop(file, -ENOMEM);
  }
  const mm = new Mm(task.kernel.platform, thread.space);
  if (inPlace) thread.writeFpState(null);
  thread.deferMemoryOperations();
  if (inPlace) emptySpace(task, mm);
  let built = build({ task, mm, thread, request: program, identity }, image, interpreter);
  if (thread.finishMemoryOperations() < 0)
    built = refuse(ENOMEM, "exec: the host refused a mapping");
  interpreter?.file.unref();
  if (typeof built === "number") {
    file.unref();
    // Nothing is left to return to.
    if (inPlace) beginGroupExit(task.group, signaledStatus(SIGKILL, false));
    else {
      mm.drop();
      thread.space.kill();
    }
  }
  return built;
}

function mayKeepSpace(task: Task, identity: ExecCredentials): boolean {
  return (
    task.group.tasks.length === 1 && task.mm.users === 1 && !identity.privileged && !identity.secure
  );
}

/** Forget the old program: its mappings, and what the host knows of its thread. */
function emptySpace(task: Task, mm: Mm): void {
  const { thread, rseq } = task;
  const { platform } = mm;
  // The host would write to the area when it is gone.
  if (rseq.address !== 0) thread.rseq(rseq.address, rseq.length, RSEQ_UNREGISTER, rseq.signature);
  thread.munmap(0, platform.vdso.start);
  thread.munmap(platform.vdso.end, platform.guestEnd - platform.vdso.end);
  thread.setBase(ARCH_SET_FS, 0);
  thread.setBase(ARCH_SET_GS, 0);
  mm.sharedSequence = task.mm.sharedSequence;
}

function drop(file: File, error: number): number {
  file.unref();
  return error;
}

/** Follow `#!` lines; the reference to the file moves to the result. */
function resolveScripts(task: Task, request: ExecRequest): ExecRequest | number {
  let { file, fileName, argv } = request;
  const head = new Uint8Array(HEAD_SIZE);
  for (let depth = 0; ; depth++) {
    const n = file.readKernel(head, 0);
    if (n < 0) return drop(file, n);
    const script = parseScript(head, n);
    if (script === null) return { ...request, file, argv };
    if (typeof script === "number") return drop(file, script);
    file.unref();
    if (request.nameCloses)
      return refuse(ENOENT, "exec: script named by a close-on-exec descriptor");
    if (depth === MAX_NESTING) return refuse(ELOOP, "exec: scripts nested too deeply");
    const inserted = script.argument === "" ? [script.path] : [script.path, script.argument];
    argv = [...inserted, fileName, ...argv.slice(1)];
    const next = task.kernel.vfs.openExec(task, AT_FDCWD, script.path);
    if (typeof next === "number") return next;
    file = next;
    fileName = script.path;
  }
}

function openInterpreter(task: Task, path: string): { file: File; image: Image } | number {
  const file = task.kernel.vfs.openExec(task, AT_FDCWD, path);
  if (typeof file === "number") return file;
  const image = parseElf(file);
  return typeof image === "number" ? drop(file, -ELIBBAD) : { file, image };
}

interface BuildParts {
  task: Task;
  mm: Mm;
  thread: GuestThread;
  request: ExecRequest;
  identity: ExecCredentials;
}

function build(
  { task, mm, thread, request, identity }: BuildParts,
  image: Image,
  interpreter: { file: File; image: Image } | null,
): Prepared | number {
  const random = (pages: number) =>
    task.personality & ADDR_NO_RANDOMIZE ? 0 : task.kernel.entropy.below(pages) * PAGE_SIZE;
  const top = task.kernel.stackTop - random(4096);
  // New mappings leave the stack the room it may grow into.
  const limit = Math.min(
    Math.max(task.group.limits.soft(RLIMIT_STACK), MIN_STACK_ROOM),
    MAX_STACK_ROOM,
  );
  mm.mmapBase = pageDown(top - limit - STACK_GAP - random(65536));
  const stackSize = FIRST_STACK + argumentSize(request);
  const prot = PROT_READ | PROT_WRITE | (image.stackExecutable ? PROT_EXEC : 0);
  const stack = map(mm, thread, {
    address: top - stackSize,
    length: stackSize,
    prot,
    flags:
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | MAP_GROWSDOWN | MAP_FIXED_NOREPLACE,
    file: null,
    offset: 0,
    name: "[stack]",
  });
  if (stack < 0) return stack;
  // A loader executed as a program has no interpreter: it goes where mmap puts things.
  const wish = interpreter === null ? 0 : PIE_BASE + random(1 << 20);
  const program = loadElf(mm, thread, request.file, image, wish);
  if (typeof program === "number") return program;
  const loader =
    interpreter === null ? null : loadElf(mm, thread, interpreter.file, interpreter.image, 0);
  if (typeof loader === "number") return loader;
  if (clearBss(mm, program) < 0 || (loader !== null && clearBss(mm, loader) < 0)) return -ENOMEM;
  mm.brkStart = pageUp(program.end) + random(2048);
  mm.brkEnd = mm.brkStart;
  mm.startCode = program.startCode;
  mm.endCode = program.endCode;
  mm.exe = request.file;
  const { credentials, secure, privileged } = identity;
  mm.dumpable = privileged ? 0 : 1;
  const bytes = new Uint8Array(16);
  task.kernel.entropy.fill(bytes);
  const sp = buildStack(mm, {
    top,
    argv: request.argv,
    envp: request.envp,
    fileName: request.fileName,
    random: bytes,
    platform: "x86_64",
    auxv: auxiliaryVector(task, program, loader, credentials, secure),
    pointerTypes: { platform: AT_PLATFORM, random: AT_RANDOM, fileName: AT_EXECFN },
  });
  if (sp < 0) return refuse(E2BIG, "exec: arguments do not fit the stack");
  return { mm, thread, entry: loader?.entry ?? program.entry, sp, credentials, comm: request.comm };
}

/** Bytes of stack that the strings and their pointers take, and some more. */
function argumentSize(request: ExecRequest): number {
  let size = 0;
  for (const text of request.argv) size += text.length + 9;
  for (const text of request.envp) size += text.length + 9;
  return pageUp(size + PAGE_SIZE);
}

function auxiliaryVector(
  task: Task,
  program: LoadedImage,
  loader: LoadedImage | null,
  credentials: Credentials,
  secure: boolean,
): [number, number][] {
  const { hardware, platform } = task.kernel;
  const { userNamespace } = credentials;
  const auxv: [number, number][] = [
    [AT_MINSIGSTKSZ, hardware.minSigStackSize],
    [AT_HWCAP, hardware.hwcap],
    [AT_PAGESZ, PAGE_SIZE],
    [AT_CLKTCK, 100],
    [AT_PHDR, program.headers],
    [AT_PHENT, 56],
    [AT_PHNUM, program.headerCount],
    [AT_BASE, loader?.bias ?? 0],
    [AT_FLAGS, 0],
    [AT_ENTRY, program.entry],
    [AT_UID, userNamespace.shownUid(credentials.uid)],
    [AT_EUID, userNamespace.shownUid(credentials.euid)],
    [AT_GID, userNamespace.shownGid(credentials.gid)],
    [AT_EGID, userNamespace.shownGid(credentials.egid)],
    [AT_SECURE, secure ? 1 : 0],
    [AT_HWCAP2, hardware.hwcap2],
  ];
  if (platform.vdso.entry !== 0) auxv.unshift([AT_SYSINFO_EHDR, platform.vdso.entry]);
  if (hardware.rseqFeatureSize > 0)
    auxv.push(
      [AT_RSEQ_FEATURE_SIZE, hardware.rseqFeatureSize],
      [AT_RSEQ_ALIGN, hardware.rseqAlign],
    );
  return auxv;
}

// --- the point of no return ---------------------------------------------------------------------

/** Other threads of the process end: at once when their memory is nobody else's. */
function endSiblings(task: Task): void {
  const { group } = task;
  for (const other of group.tasks.slice()) {
    if (other === task) continue;
    if (other.thread.stopped) exitTask(other);
    else other.thread.interrupt();
  }
}

function commit(task: Task, prepared: Prepared): void {
  const { group, kernel } = task;
  const { mm: oldMm, thread: oldThread } = task;
  becomeLeader(task);
  releaseVforkParent(task);
  const keepsSpace = prepared.thread === oldThread;
  if (!keepsSpace) kernel.cpuTime.leavesSpace(task);
  const wasLast = oldMm.drop();
  if (!keepsSpace) {
    if (wasLast) oldMm.space.kill();
    else oldThread.exit();
  }
  task.mm = prepared.mm;
  task.thread = prepared.thread;
  prepared.thread.owner = task;
  if (!keepsSpace && task.affinity !== null) prepared.thread.setAffinity(task.affinity);
  task.credentials = prepared.credentials;
  task.comm = prepared.comm;
  resetForExec(task);
  group.execing = null;
  group.hasExeced = true;
  group.exitSignal = SIGCHLD;
  const { thread } = task;
  for (let i = 0; i < 18; i++) thread.setRegister(i, 0);
  thread.setRegister(Reg.rip, prepared.entry);
  thread.setRegister(Reg.rsp, prepared.sp);
  thread.setRegister(Reg.eflags, EFLAGS_START);
}

/** Whoever calls exec is the process from now on, under its pid (de_thread). */
function becomeLeader(task: Task): void {
  const { group, kernel } = task;
  if (group.leader === task) return;
  kernel.pids.remove(task.tid);
  task.tid = group.pid;
  task.kernel.platform.forgetAnswers();
  task.ownTid = group.ownPid;
  kernel.pids.set(task.tid, task);
  group.leader = task;
}

function resetForExec(task: Task): void {
  if (task.handlers.users > 1) {
    task.handlers.users--;
    task.handlers = task.handlers.copy();
  }
  task.handlers.resetForExec();
  if (task.files.users > 1) {
    task.files.users--;
    task.files = task.files.copy();
  }
  task.files.closeOnExecAll(task);
  task.signals.clearAltStack();
  task.clearChildTid = 0;
  task.robustList = 0;
  task.rseq = NO_RSEQ;
  task.group.timers.clearForExec();
}

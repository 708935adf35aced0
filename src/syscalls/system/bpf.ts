/**
 * bpf: the programs that say which devices a cgroup may use, which container runtimes load. Source: bpf(2). Everything else
 * of bpf is refused: there is nothing that programs could be attached to.
 */
import {
  BPF_CGROUP_DEVICE,
  BPF_F_ALLOW_MULTI,
  BPF_F_ALLOW_OVERRIDE,
  BPF_F_QUERY_EFFECTIVE,
  BPF_F_REPLACE,
  BPF_PROG_ATTACH,
  BPF_PROG_DETACH,
  BPF_PROG_GET_FD_BY_ID,
  BPF_PROG_LOAD,
  BPF_PROG_QUERY,
  BPF_PROG_TYPE_CGROUP_DEVICE,
  BPF_PROG_TYPE_CGROUP_SKB,
  bpf_insn,
} from "../../abi/bpf.ts";
import { CAP_BPF, CAP_NET_ADMIN, CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { E2BIG, EBADF, EEXIST, EFAULT, EINVAL, ENOENT, ENOSPC, EPERM } from "../../abi/errno.ts";
import { getU64 } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import { type Cgroup, isCgroupDirectory } from "../../kernel/cgroup/cgroup.ts";
import { DeviceProgram, MOST_INSTRUCTIONS } from "../../kernel/cgroup/device-program.ts";
import { ProgramFile } from "../../kernel/cgroup/program-file.ts";
import { installFile } from "../../kernel/fd/install.ts";
import type { Task } from "../../kernel/task/task.ts";

/** union bpf_attr, of which these commands use the beginning. */
const ATTRIBUTES = 160;
const PAGE = 4096;
/** So many programs a cgroup has at most. */
const MOST_PROGRAMS = 64;

export function bpf(task: Task, command: number, at: number, size: number): number {
  const { credentials } = task;
  if (!credentials.has(CAP_BPF) && !credentials.has(CAP_SYS_ADMIN))
    return refuse(EPERM, "bpf: CAP_BPF");
  if (size > PAGE) return -E2BIG;
  const given = task.mm.read(at, size);
  if (given === null) return -EFAULT;
  const bytes = new Uint8Array(ATTRIBUTES);
  bytes.set(given.subarray(0, ATTRIBUTES));
  const view = new DataView(bytes.buffer);
  switch (command) {
    case BPF_PROG_LOAD:
      return load(task, view);
    case BPF_PROG_ATTACH:
      return attach(task, view);
    case BPF_PROG_DETACH:
      return detach(task, view);
    case BPF_PROG_QUERY:
      return query(task, view, at);
    case BPF_PROG_GET_FD_BY_ID:
      return open(task, view.getUint32(0, true));
    default:
      return refuse(EINVAL, "bpf: only programs of cgroups for devices");
  }
}

/** Libraries find out whether there are programs of cgroups by loading one for sockets; it cannot be attached. */
const LOADED: readonly number[] = [BPF_PROG_TYPE_CGROUP_DEVICE, BPF_PROG_TYPE_CGROUP_SKB];

function mayAttach(task: Task): boolean {
  const { credentials } = task;
  return credentials.has(CAP_NET_ADMIN) || credentials.has(CAP_SYS_ADMIN);
}

function load(task: Task, view: DataView): number {
  if (!LOADED.includes(view.getUint32(0, true)))
    return refuse(EINVAL, "bpf: no programs of this type");
  if (!mayAttach(task)) return refuse(EPERM, "bpf: CAP_NET_ADMIN");
  const count = view.getUint32(4, true);
  if (count === 0 || count > MOST_INSTRUCTIONS) return refuse(E2BIG, "bpf: too many instructions");
  const length = count * bpf_insn.size;
  const code = task.mm.read(getU64(view, 8), length)?.slice(0, length);
  if (code === undefined) return -EFAULT;
  const id = task.kernel.rootCgroup.newProgramId();
  const program = DeviceProgram.load(id, new DataView(code.buffer));
  if (program === null) return refuse(EINVAL, "bpf: an instruction that is not supported here");
  return installFile(task, new ProgramFile(task, program), true);
}

/** The cgroup and the kind of attachment that `attr` names. */
function target(task: Task, view: DataView, type: number): Cgroup | number {
  if (!mayAttach(task)) return refuse(EPERM, "bpf: CAP_NET_ADMIN");
  const inode = task.files.get(view.getInt32(0, true))?.inode;
  if (inode === undefined || !isCgroupDirectory(inode)) return -EBADF;
  return type === BPF_CGROUP_DEVICE ? inode.cgroup : refuse(EINVAL, "bpf: only BPF_CGROUP_DEVICE");
}

function programAt(task: Task, fd: number): DeviceProgram | null {
  const file = task.files.get(fd);
  return file instanceof ProgramFile ? file.program : null;
}

function attach(task: Task, view: DataView): number {
  const cgroup = target(task, view, view.getUint32(8, true));
  if (typeof cgroup === "number") return cgroup;
  const flags = view.getUint32(12, true);
  const known = BPF_F_ALLOW_OVERRIDE | BPF_F_ALLOW_MULTI | BPF_F_REPLACE;
  if ((flags & ~known) !== 0) return refuse(EINVAL, "bpf: unknown flags");
  const program = programAt(task, view.getUint32(4, true));
  if (program === null) return -EBADF;
  const { devicePrograms } = cgroup;
  if ((flags & BPF_F_REPLACE) !== 0) {
    const old = programAt(task, view.getUint32(16, true));
    const index = old === null ? -1 : devicePrograms.indexOf(old);
    if (index < 0) return refuse(ENOENT, "bpf: the program to replace is not attached");
    devicePrograms[index] = program;
    return 0;
  }
  if (devicePrograms.includes(program)) return refuse(EEXIST, "bpf: attached already");
  if ((flags & BPF_F_ALLOW_MULTI) === 0) devicePrograms.length = 0;
  if (devicePrograms.length >= MOST_PROGRAMS) return refuse(ENOSPC, "bpf: too many programs");
  devicePrograms.push(program);
  return 0;
}

function detach(task: Task, view: DataView): number {
  const cgroup = target(task, view, view.getUint32(8, true));
  if (typeof cgroup === "number") return cgroup;
  const { devicePrograms } = cgroup;
  const program = programAt(task, view.getUint32(4, true));
  const index = program === null ? devicePrograms.length - 1 : devicePrograms.indexOf(program);
  if (index < 0) return refuse(ENOENT, "bpf: not attached");
  devicePrograms.splice(index, 1);
  return 0;
}

function query(task: Task, view: DataView, at: number): number {
  const cgroup = target(task, view, view.getUint32(4, true));
  if (typeof cgroup === "number") return cgroup;
  const found = [...cgroup.devicePrograms];
  if ((view.getUint32(8, true) & BPF_F_QUERY_EFFECTIVE) !== 0)
    for (let up = cgroup.parent; up !== null; up = up.parent) found.push(...up.devicePrograms);
  const idsAt = getU64(view, 16);
  const room = view.getUint32(24, true);
  if (task.mm.writeU32(at + 12, BPF_F_ALLOW_MULTI) < 0) return -EFAULT;
  if (task.mm.writeU32(at + 24, found.length) < 0) return -EFAULT;
  if (idsAt === 0 || room === 0) return 0;
  for (const [index, { id }] of found.slice(0, room).entries())
    if (task.mm.writeU32(idsAt + 4 * index, id) < 0) return -EFAULT;
  return found.length > room ? refuse(ENOSPC, "bpf: more programs than room for ids") : 0;
}

/** A descriptor of an attached program. */
function open(task: Task, id: number): number {
  for (const cgroup of task.kernel.rootCgroup.tree())
    for (const program of cgroup.devicePrograms)
      if (program.id === id) return installFile(task, new ProgramFile(task, program), true);
  return refuse(ENOENT, "bpf: no program has this id");
}

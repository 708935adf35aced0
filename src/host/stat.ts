/**
 * HostStat: what statx(2) of the host tells of a file, and its decoding. Source: statx(2),
 * include/uapi/linux/stat.h.
 */
import { readI64 } from "./bytes.ts";

/** `struct statx`, the fields that the kernel uses. Times are split as Linux splits them. */
export class HostStat {
  mask = 0;
  blksize = 0;
  nlink = 0;
  uid = 0;
  gid = 0;
  mode = 0;
  ino = 0;
  size = 0;
  blocks = 0;
  atimeSec = 0;
  atimeNsec = 0;
  btimeSec = 0;
  btimeNsec = 0;
  ctimeSec = 0;
  ctimeNsec = 0;
  mtimeSec = 0;
  mtimeNsec = 0;
  rdevMajor = 0;
  rdevMinor = 0;
  devMajor = 0;
  devMinor = 0;

  /** Field by field: a loop over names would cost more than the host call. */
  copy(from: HostStat): void {
    this.mask = from.mask;
    this.blksize = from.blksize;
    this.nlink = from.nlink;
    this.uid = from.uid;
    this.gid = from.gid;
    this.mode = from.mode;
    this.ino = from.ino;
    this.size = from.size;
    this.blocks = from.blocks;
    this.atimeSec = from.atimeSec;
    this.atimeNsec = from.atimeNsec;
    this.btimeSec = from.btimeSec;
    this.btimeNsec = from.btimeNsec;
    this.ctimeSec = from.ctimeSec;
    this.ctimeNsec = from.ctimeNsec;
    this.mtimeSec = from.mtimeSec;
    this.mtimeNsec = from.mtimeNsec;
    this.rdevMajor = from.rdevMajor;
    this.rdevMinor = from.rdevMinor;
    this.devMajor = from.devMajor;
    this.devMinor = from.devMinor;
  }
}

export function readStatx(view: DataView, at: number, out: HostStat): void {
  out.mask = view.getUint32(at, true);
  out.blksize = view.getUint32(at + 4, true);
  out.nlink = view.getUint32(at + 16, true);
  out.uid = view.getUint32(at + 20, true);
  out.gid = view.getUint32(at + 24, true);
  out.mode = view.getUint16(at + 28, true);
  out.ino = readI64(view, at + 32);
  out.size = readI64(view, at + 40);
  out.blocks = readI64(view, at + 48);
  out.atimeSec = readI64(view, at + 64);
  out.atimeNsec = view.getUint32(at + 72, true);
  out.btimeSec = readI64(view, at + 80);
  out.btimeNsec = view.getUint32(at + 88, true);
  out.ctimeSec = readI64(view, at + 96);
  out.ctimeNsec = view.getUint32(at + 104, true);
  out.mtimeSec = readI64(view, at + 112);
  out.mtimeNsec = view.getUint32(at + 120, true);
  out.rdevMajor = view.getUint32(at + 128, true);
  out.rdevMinor = view.getUint32(at + 132, true);
  out.devMajor = view.getUint32(at + 136, true);
  out.devMinor = view.getUint32(at + 140, true);
}

/**
 * ioctl: request numbers: terminals, descriptors, block devices, namespaces. Those of sockets
 * and network interfaces are in ioctl-net.ts.
 * A request packs direction, size, type and number; the old terminal ones do not.
 * Source: ioctl(2), ioctl_tty(2), ioctl_ns(2); include/uapi/asm-generic/ioctl.h,
 * ioctls.h, include/uapi/linux/{fs,nsfs,pidfd}.h.
 */

import { nameSet } from "./flags.ts";
import { struct, u64 } from "./struct.ts";

// How a request is put together.
export const _IOC_NONE = 0;
export const _IOC_WRITE = 1;
export const _IOC_READ = 2;
export const _IOC_NRSHIFT = 0;
export const _IOC_TYPESHIFT = 8;
export const _IOC_SIZESHIFT = 16;
export const _IOC_DIRSHIFT = 30;

export function _IOC(direction: number, type: number, nr: number, size: number): number {
  return ((direction << _IOC_DIRSHIFT) | (size << _IOC_SIZESHIFT) | (type << 8) | nr) >>> 0;
}

export function _IOC_SIZE(request: number): number {
  return (request >>> _IOC_SIZESHIFT) & 0x3fff;
}

export function _IOC_DIR(request: number): number {
  return request >>> _IOC_DIRSHIFT;
}

// Terminals.
export const TCGETS = 0x5401;
export const TCSETS = 0x5402;
export const TCSETSW = 0x5403;
export const TCSETSF = 0x5404;
export const TCGETA = 0x5405;
export const TCSETA = 0x5406;
export const TCSETAW = 0x5407;
export const TCSETAF = 0x5408;
export const TCSBRK = 0x5409;
export const TCXONC = 0x540a;
export const TCFLSH = 0x540b;
export const TIOCEXCL = 0x540c;
export const TIOCNXCL = 0x540d;
export const TIOCSCTTY = 0x540e;
export const TIOCGPGRP = 0x540f;
export const TIOCSPGRP = 0x5410;
export const TIOCOUTQ = 0x5411;
export const TIOCSTI = 0x5412;
export const TIOCGWINSZ = 0x5413;
export const TIOCSWINSZ = 0x5414;
export const TIOCMGET = 0x5415;
export const TIOCMBIS = 0x5416;
export const TIOCMBIC = 0x5417;
export const TIOCMSET = 0x5418;
export const TIOCGSOFTCAR = 0x5419;
export const TIOCSSOFTCAR = 0x541a;
export const TIOCLINUX = 0x541c;
export const TIOCCONS = 0x541d;
export const TIOCGSERIAL = 0x541e;
export const TIOCSSERIAL = 0x541f;
export const TIOCPKT = 0x5420;
export const TIOCNOTTY = 0x5422;
export const TIOCSETD = 0x5423;
export const TIOCGETD = 0x5424;
export const TCSBRKP = 0x5425;
export const TIOCSBRK = 0x5427;
export const TIOCCBRK = 0x5428;
export const TIOCGSID = 0x5429;
export const TCGETS2 = 0x802c542a;
export const TCSETS2 = 0x402c542b;
export const TCSETSW2 = 0x402c542c;
export const TCSETSF2 = 0x402c542d;
export const TIOCGRS485 = 0x542e;
export const TIOCSRS485 = 0x542f;
export const TIOCGPTN = 0x80045430;
export const TIOCSPTLCK = 0x40045431;
export const TIOCGDEV = 0x80045432;
export const TCGETX = 0x5432;
export const TCSETX = 0x5433;
export const TIOCSIG = 0x40045436;
export const TIOCVHANGUP = 0x5437;
export const TIOCGPKT = 0x80045438;
export const TIOCGPTLCK = 0x80045439;
export const TIOCGEXCL = 0x80045440;
export const TIOCGPTPEER = 0x5441;
export const TIOCPKT_DATA = 0x0;
export const TIOCPKT_FLUSHREAD = 0x1;
export const TIOCPKT_FLUSHWRITE = 0x2;
export const TIOCPKT_STOP = 0x4;
export const TIOCPKT_START = 0x8;
export const TIOCPKT_NOSTOP = 0x10;
export const TIOCPKT_DOSTOP = 0x20;
export const TIOCPKT_IOCTL = 0x40;
export const TIOCM_LE = 0x1;
export const TIOCM_DTR = 0x2;
export const TIOCM_RTS = 0x4;
export const TIOCM_ST = 0x8;
export const TIOCM_SR = 0x10;
export const TIOCM_CTS = 0x20;
export const TIOCM_CAR = 0x40;
export const TIOCM_RNG = 0x80;
export const TIOCM_DSR = 0x100;

// Any descriptor.
export const FIONREAD = 0x541b;
export const FIONBIO = 0x5421;
export const FIOASYNC = 0x5452;
export const FIONCLEX = 0x5450;
export const FIOCLEX = 0x5451;
export const FIOQSIZE = 0x5460;
export const TIOCINQ = FIONREAD;

// Files and filesystems. FS_IOC_FSGETXATTR and friends are also file_getattr(2)'s.
export const FIBMAP = 0x1;
export const FIGETBSZ = 0x2;
export const FIFREEZE = 0xc0045877;
export const FITHAW = 0xc0045878;
export const FITRIM = 0xc0185879;
export const FICLONE = 0x40049409;
export const FICLONERANGE = 0x4020940d;
export const FIDEDUPERANGE = 0xc0189436;
export const FS_IOC_GETFLAGS = 0x80086601;
export const FS_IOC_SETFLAGS = 0x40086602;
export const FS_IOC_GETVERSION = 0x80087601;
export const FS_IOC_SETVERSION = 0x40087602;
export const FS_IOC_FIEMAP = 0xc020660b;
export const FS_IOC_FSGETXATTR = 0x801c581f;
export const FS_IOC_FSSETXATTR = 0x401c5820;
export const FS_IOC_GETFSLABEL = 0x81009431;
export const FS_IOC_SETFSLABEL = 0x41009432;
export const FS_IOC_GETFSUUID = 0x80111500;

// Block devices.
export const BLKROSET = 0x125d;
export const BLKROGET = 0x125e;
export const BLKRRPART = 0x125f;
export const BLKGETSIZE = 0x1260;
export const BLKFLSBUF = 0x1261;
export const BLKRASET = 0x1262;
export const BLKRAGET = 0x1263;
export const BLKSSZGET = 0x1268;
export const BLKBSZGET = 0x80081270;
export const BLKBSZSET = 0x40081271;
export const BLKGETSIZE64 = 0x80081272;
export const BLKDISCARD = 0x1277;
export const BLKIOMIN = 0x1278;
export const BLKIOOPT = 0x1279;
export const BLKALIGNOFF = 0x127a;
export const BLKPBSZGET = 0x127b;
export const BLKDISCARDZEROES = 0x127c;
export const BLKSECDISCARD = 0x127d;
export const BLKROTATIONAL = 0x127e;
export const BLKZEROOUT = 0x127f;
export const LOOP_SET_FD = 0x4c00;
export const LOOP_CLR_FD = 0x4c01;
export const LOOP_SET_STATUS64 = 0x4c04;
export const LOOP_GET_STATUS64 = 0x4c05;
export const LOOP_CTL_GET_FREE = 0x4c82;

/** `struct file_clone_range`, include/uapi/linux/fs.h */
export const file_clone_range = struct("file_clone_range", {
  src_fd: u64,
  src_offset: u64,
  src_length: u64,
  dest_offset: u64,
});

/** `struct fstrim_range`, include/uapi/linux/fs.h */
export const fstrim_range = struct("fstrim_range", { start: u64, len: u64, minlen: u64 });

// Namespaces, pidfds, /dev/random.
export const NS_GET_USERNS = 0xb701;
export const NS_GET_PARENT = 0xb702;
export const NS_GET_NSTYPE = 0xb703;
export const NS_GET_OWNER_UID = 0xb704;
export const NS_GET_MNTNS_ID = 0x8008b705;
export const PIDFD_GET_CGROUP_NAMESPACE = 0xff01;
export const PIDFD_GET_IPC_NAMESPACE = 0xff02;
export const PIDFD_GET_MNT_NAMESPACE = 0xff03;
export const PIDFD_GET_NET_NAMESPACE = 0xff04;
export const PIDFD_GET_PID_NAMESPACE = 0xff05;
export const PIDFD_GET_TIME_NAMESPACE = 0xff07;
export const PIDFD_GET_USER_NAMESPACE = 0xff09;
export const PIDFD_GET_UTS_NAMESPACE = 0xff0a;
export const PIDFD_GET_INFO = 0xc050ff0b;
export const RNDGETENTCNT = 0x80045200;
export const RNDADDTOENTCNT = 0x40045201;
export const RNDADDENTROPY = 0x40085203;
export const RNDZAPENTCNT = 0x5204;
export const RNDCLEARPOOL = 0x5206;
export const RNDRESEEDCRNG = 0x5207;

export const ioctlRequests = nameSet("ioctl", {
  TCGETS,
  TCSETS,
  TCSETSW,
  TCSETSF,
  TCGETA,
  TCSETA,
  TCSETAW,
  TCSETAF,
  TCSBRK,
  TCXONC,
  TCFLSH,
  TIOCEXCL,
  TIOCNXCL,
  TIOCSCTTY,
  TIOCGPGRP,
  TIOCSPGRP,
  TIOCOUTQ,
  TIOCSTI,
  TIOCGWINSZ,
  TIOCSWINSZ,
  TIOCMGET,
  TIOCMBIS,
  TIOCMBIC,
  TIOCMSET,
  TIOCGSOFTCAR,
  TIOCSSOFTCAR,
  TIOCLINUX,
  TIOCCONS,
  TIOCGSERIAL,
  TIOCSSERIAL,
  TIOCPKT,
  TIOCNOTTY,
  TIOCSETD,
  TIOCGETD,
  TCSBRKP,
  TIOCSBRK,
  TIOCCBRK,
  TIOCGSID,
  TCGETS2,
  TCSETS2,
  TCSETSW2,
  TCSETSF2,
  TIOCGRS485,
  TIOCSRS485,
  TIOCGPTN,
  TIOCSPTLCK,
  TIOCGDEV,
  TCGETX,
  TCSETX,
  TIOCSIG,
  TIOCVHANGUP,
  TIOCGPKT,
  TIOCGPTLCK,
  TIOCGEXCL,
  TIOCGPTPEER,
  FIONREAD,
  FIONBIO,
  FIOASYNC,
  FIONCLEX,
  FIOCLEX,
  FIOQSIZE,
  FIBMAP,
  FIGETBSZ,
  FIFREEZE,
  FITHAW,
  FITRIM,
  FICLONE,
  FICLONERANGE,
  FIDEDUPERANGE,
  FS_IOC_GETFLAGS,
  FS_IOC_SETFLAGS,
  FS_IOC_GETVERSION,
  FS_IOC_SETVERSION,
  FS_IOC_FIEMAP,
  FS_IOC_FSGETXATTR,
  FS_IOC_FSSETXATTR,
  FS_IOC_GETFSLABEL,
  FS_IOC_SETFSLABEL,
  FS_IOC_GETFSUUID,
  BLKROSET,
  BLKROGET,
  BLKRRPART,
  BLKGETSIZE,
  BLKFLSBUF,
  BLKRASET,
  BLKRAGET,
  BLKSSZGET,
  BLKBSZGET,
  BLKBSZSET,
  BLKGETSIZE64,
  BLKDISCARD,
  BLKIOMIN,
  BLKIOOPT,
  BLKALIGNOFF,
  BLKPBSZGET,
  BLKDISCARDZEROES,
  BLKSECDISCARD,
  BLKROTATIONAL,
  BLKZEROOUT,
  LOOP_SET_FD,
  LOOP_CLR_FD,
  LOOP_SET_STATUS64,
  LOOP_GET_STATUS64,
  LOOP_CTL_GET_FREE,
  NS_GET_USERNS,
  NS_GET_PARENT,
  NS_GET_NSTYPE,
  NS_GET_OWNER_UID,
  NS_GET_MNTNS_ID,
  PIDFD_GET_CGROUP_NAMESPACE,
  PIDFD_GET_IPC_NAMESPACE,
  PIDFD_GET_MNT_NAMESPACE,
  PIDFD_GET_NET_NAMESPACE,
  PIDFD_GET_PID_NAMESPACE,
  PIDFD_GET_TIME_NAMESPACE,
  PIDFD_GET_USER_NAMESPACE,
  PIDFD_GET_UTS_NAMESPACE,
  PIDFD_GET_INFO,
  RNDGETENTCNT,
  RNDADDTOENTCNT,
  RNDADDENTROPY,
  RNDZAPENTCNT,
  RNDCLEARPOOL,
  RNDRESEEDCRNG,
});

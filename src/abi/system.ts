/**
 * system: the machine as a whole: its names, its memory and load, reboot, the kernel log.
 * Source: uname(2), sysinfo(2), reboot(2), syslog(2), swapon(2), init_module(2);
 * include/uapi/linux/{utsname,sysinfo,reboot,module}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { array, bytes, i64, pad, struct, u16, u32, u64 } from "./struct.ts";

/** Bytes in each name of uname(2), NUL included. */
export const UTS_LEN = 65;

/** `struct new_utsname`, include/uapi/linux/utsname.h */
export const utsname = struct("new_utsname", {
  sysname: bytes(UTS_LEN),
  nodename: bytes(UTS_LEN),
  release: bytes(UTS_LEN),
  version: bytes(UTS_LEN),
  machine: bytes(UTS_LEN),
  domainname: bytes(UTS_LEN),
});

/** `struct sysinfo`, include/uapi/linux/sysinfo.h; loads are fixed point with 16 fraction bits */
export const sysinfo = struct("sysinfo", {
  uptime: i64,
  loads: array(u64, 3),
  totalram: u64,
  freeram: u64,
  sharedram: u64,
  bufferram: u64,
  totalswap: u64,
  freeswap: u64,
  procs: u16,
  pad: pad(2),
  totalhigh: u64,
  freehigh: u64,
  mem_unit: u32,
});
export const SI_LOAD_SHIFT = 16;

export const LINUX_REBOOT_MAGIC1 = 0xfee1dead;
export const LINUX_REBOOT_MAGIC2 = 0x28121969;
export const LINUX_REBOOT_MAGIC2A = 0x5121996;
export const LINUX_REBOOT_MAGIC2B = 0x16041998;
export const LINUX_REBOOT_MAGIC2C = 0x20112000;
export const LINUX_REBOOT_CMD_RESTART = 0x1234567;
export const LINUX_REBOOT_CMD_HALT = 0xcdef0123;
export const LINUX_REBOOT_CMD_CAD_ON = 0x89abcdef;
export const LINUX_REBOOT_CMD_CAD_OFF = 0x0;
export const LINUX_REBOOT_CMD_POWER_OFF = 0x4321fedc;
export const LINUX_REBOOT_CMD_RESTART2 = 0xa1b2c3d4;
export const LINUX_REBOOT_CMD_SW_SUSPEND = 0xd000fce2;
export const LINUX_REBOOT_CMD_KEXEC = 0x45584543;

export const rebootCommands = nameSet("reboot", {
  LINUX_REBOOT_CMD_RESTART,
  LINUX_REBOOT_CMD_HALT,
  LINUX_REBOOT_CMD_CAD_ON,
  LINUX_REBOOT_CMD_CAD_OFF,
  LINUX_REBOOT_CMD_POWER_OFF,
  LINUX_REBOOT_CMD_RESTART2,
  LINUX_REBOOT_CMD_SW_SUSPEND,
  LINUX_REBOOT_CMD_KEXEC,
});

export const SYSLOG_ACTION_CLOSE = 0;
export const SYSLOG_ACTION_OPEN = 1;
export const SYSLOG_ACTION_READ = 2;
export const SYSLOG_ACTION_READ_ALL = 3;
export const SYSLOG_ACTION_READ_CLEAR = 4;
export const SYSLOG_ACTION_CLEAR = 5;
export const SYSLOG_ACTION_CONSOLE_OFF = 6;
export const SYSLOG_ACTION_CONSOLE_ON = 7;
export const SYSLOG_ACTION_CONSOLE_LEVEL = 8;
export const SYSLOG_ACTION_SIZE_UNREAD = 9;
export const SYSLOG_ACTION_SIZE_BUFFER = 10;

export const syslogActions = nameSet("syslog", {
  SYSLOG_ACTION_CLOSE,
  SYSLOG_ACTION_OPEN,
  SYSLOG_ACTION_READ,
  SYSLOG_ACTION_READ_ALL,
  SYSLOG_ACTION_READ_CLEAR,
  SYSLOG_ACTION_CLEAR,
  SYSLOG_ACTION_CONSOLE_OFF,
  SYSLOG_ACTION_CONSOLE_ON,
  SYSLOG_ACTION_CONSOLE_LEVEL,
  SYSLOG_ACTION_SIZE_UNREAD,
  SYSLOG_ACTION_SIZE_BUFFER,
});

export const MODULE_INIT_IGNORE_MODVERSIONS = 0x1;
export const MODULE_INIT_IGNORE_VERMAGIC = 0x2;
export const MODULE_INIT_COMPRESSED_FILE = 0x4;

export const moduleFlags = flagSet("finit_module", {
  MODULE_INIT_IGNORE_MODVERSIONS,
  MODULE_INIT_IGNORE_VERMAGIC,
  MODULE_INIT_COMPRESSED_FILE,
});

// getcpu(2) and sched_setaffinity(2): bits in a CPU mask that the kernel may ask for.
export const NR_CPUS = 8192;

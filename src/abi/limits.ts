/**
 * limits: how long and how many: paths, names, pipes, vectors, arguments, pages.
 * Source: limits.h(0p), pathconf(3), pipe(7), execve(2); include/uapi/linux/{limits,uio,binfmts}.h.
 */

export const PATH_MAX = 4096;
export const NAME_MAX = 255;
export const PIPE_BUF = 4096;
export const NGROUPS_MAX = 65536;
export const LINK_MAX = 127;
export const MAX_CANON = 255;
export const MAX_INPUT = 255;
export const RTSIG_MAX = 32;
export const ARG_MAX = 131072;
export const MAX_ARG_STRINGS = 2147483647;
export const BINPRM_BUF_SIZE = 256;
export const UIO_FASTIOV = 8;
export const UIO_MAXIOV = 1024;

/** Vectors in one readv(2), sendmsg(2) and so on. */
export const IOV_MAX = UIO_MAXIOV;
/** Bytes in one argument of execve(2): 32 pages. */
export const MAX_ARG_STRLEN = 131072;
/** Bytes that one read or write moves at most: the largest int, rounded down to a page. */
export const MAX_RW_COUNT = 0x7ffff000;
/** Symbolic links followed in one path. */
export const MAXSYMLINKS = 40;
/** The largest file offset. As a number it is 2^63: compare with `>`, never for equality. */
export const LLONG_MAX = 2 ** 63;

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;
export const HUGE_PAGE_SIZE = 0x200000;
/** One past the highest address that user space can map: 47 bits, less one page. */
export const TASK_SIZE = 0x7ffffffff000;

/** Name of a task with its NUL, prctl(PR_SET_NAME). */
export const TASK_COMM_LEN = 16;
/** Descriptors per process before RLIMIT_NOFILE is raised, and the ceiling of that. */
export const NR_OPEN_DEFAULT = 1024;
export const NR_OPEN = 1048576;
/** The highest process id and one. */
export const PID_MAX_LIMIT = 4194304;

/**
 * poll: waiting for many descriptors: poll, select, epoll and eventfd.
 * Source: poll(2), select(2), epoll(7), epoll_ctl(2), eventfd(2);
 * include/uapi/asm-generic/poll.h, include/uapi/linux/{eventpoll,eventfd}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { bits64, i32, struct, u16, u32, u64 } from "./struct.ts";

export const POLLIN = 0x1;
export const POLLPRI = 0x2;
export const POLLOUT = 0x4;
export const POLLERR = 0x8;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;
export const POLLRDNORM = 0x40;
export const POLLRDBAND = 0x80;
export const POLLWRNORM = 0x100;
export const POLLWRBAND = 0x200;
export const POLLMSG = 0x400;
export const POLLREMOVE = 0x1000;
export const POLLRDHUP = 0x2000;

export const pollEvents = flagSet("poll", {
  POLLIN,
  POLLPRI,
  POLLOUT,
  POLLERR,
  POLLHUP,
  POLLNVAL,
  POLLRDNORM,
  POLLRDBAND,
  POLLWRNORM,
  POLLWRBAND,
  POLLMSG,
  POLLREMOVE,
  POLLRDHUP,
});

/** `struct pollfd`, include/uapi/asm-generic/poll.h */
export const pollfd = struct("pollfd", { fd: i32, events: u16, revents: u16 });

/** Descriptors in a select(2) set, and the events that each of its three sets waits for. */
export const FD_SETSIZE = 1024;

/** What the sixth argument of pselect6(2) points to: a signal set and its size. */
export const pselect6_sigmask = struct("pselect6_sigmask", { ss: u64, ss_len: u64 });

export const EPOLLIN = 0x1;
export const EPOLLPRI = 0x2;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLNVAL = 0x20;
export const EPOLLRDNORM = 0x40;
export const EPOLLRDBAND = 0x80;
export const EPOLLWRNORM = 0x100;
export const EPOLLWRBAND = 0x200;
export const EPOLLMSG = 0x400;
export const EPOLLRDHUP = 0x2000;
export const EPOLLEXCLUSIVE = 0x10000000;
export const EPOLLWAKEUP = 0x20000000;
export const EPOLLONESHOT = 0x40000000;
export const EPOLLET = 0x80000000;
export const EPOLL_CLOEXEC = 0o2000000;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;

export const epollEvents = flagSet("epoll", {
  EPOLLIN,
  EPOLLPRI,
  EPOLLOUT,
  EPOLLERR,
  EPOLLHUP,
  EPOLLNVAL,
  EPOLLRDNORM,
  EPOLLRDBAND,
  EPOLLWRNORM,
  EPOLLWRBAND,
  EPOLLMSG,
  EPOLLRDHUP,
  EPOLLEXCLUSIVE,
  EPOLLWAKEUP,
  EPOLLONESHOT,
  EPOLLET,
});
export const epollCreateFlags = flagSet("epoll_create1", { EPOLL_CLOEXEC });
export const epollOps = nameSet("epoll_ctl", { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD });

/** `struct epoll_event`, include/uapi/linux/eventpoll.h: packed on amd64 only */
export const epoll_event = struct("epoll_event", { events: u32, data: bits64 }, { packed: true });

export const EFD_CLOEXEC = 0o2000000;
export const EFD_NONBLOCK = 0o4000;
export const EFD_SEMAPHORE = 1;

export const eventfdFlags = flagSet("eventfd", { EFD_SEMAPHORE, EFD_CLOEXEC, EFD_NONBLOCK });

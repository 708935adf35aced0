/**
 * Rows: waiting for many descriptors, and eventfd, which is made to be waited for.
 * Source: poll(2), select(2), epoll(7), epoll_wait(2), eventfd(2).
 */
import {
  epoll_event,
  epollCreateFlags,
  epollOps,
  eventfdFlags,
  pollfd,
  pselect6_sigmask,
} from "../../abi/poll.ts";
import { timespec, timeval } from "../../abi/time.ts";
import { choice, fd, flags, int, ptr, record, records, sigset, size, uint } from "../args.ts";
import { syscall } from "../row.ts";
import * as epollHandlers from "./epoll.ts";
import * as eventfdHandlers from "./eventfd.ts";
import * as pollHandlers from "./poll.ts";
import * as selectHandlers from "./select.ts";

export const poll = syscall("poll", {
  x64: 7,
  args: [records("fds", "inout", pollfd, "nfds"), uint("nfds"), int("timeout")],
  support: "full",
  run: pollHandlers.poll,
});

export const ppoll = syscall("ppoll", {
  x64: 271,
  args: [
    records("fds", "inout", pollfd, "nfds"),
    uint("nfds"),
    record("tmo_p", "inout", timespec),
    sigset("sigmask", "in", "sigsetsize"),
    size("sigsetsize"),
  ],
  support: "full",
  run: pollHandlers.ppoll,
});

export const select = syscall("select", {
  x64: 23,
  args: [
    int("nfds"),
    ptr("readfds"),
    ptr("writefds"),
    ptr("exceptfds"),
    record("timeout", "inout", timeval),
  ],
  support: "full",
  run: selectHandlers.select,
});

export const pselect6 = syscall("pselect6", {
  x64: 270,
  args: [
    int("nfds"),
    ptr("readfds"),
    ptr("writefds"),
    ptr("exceptfds"),
    record("timeout", "inout", timespec),
    record("sigmask", "in", pselect6_sigmask),
  ],
  support: "full",
  run: selectHandlers.pselect6,
});

export const epoll_create = syscall("epoll_create", {
  x64: 213,
  args: [int("size")],
  returns: fd("fd"),
  support: "full",
  run: epollHandlers.epoll_create,
});

export const epoll_create1 = syscall("epoll_create1", {
  x64: 291,
  args: [flags("flags", epollCreateFlags)],
  returns: fd("fd"),
  support: "full",
  run: epollHandlers.epoll_create1,
});

export const epoll_ctl = syscall("epoll_ctl", {
  x64: 233,
  args: [fd("epfd"), choice("op", epollOps), fd("fd"), record("event", "in", epoll_event)],
  support: "full",
  run: epollHandlers.epoll_ctl,
});

export const epoll_wait = syscall("epoll_wait", {
  x64: 232,
  args: [
    fd("epfd"),
    records("events", "out", epoll_event, "maxevents"),
    int("maxevents"),
    int("timeout"),
  ],
  support: "full",
  run: epollHandlers.epoll_wait,
});

export const epoll_pwait = syscall("epoll_pwait", {
  x64: 281,
  args: [
    fd("epfd"),
    records("events", "out", epoll_event, "maxevents"),
    int("maxevents"),
    int("timeout"),
    sigset("sigmask", "in", "sigsetsize"),
    size("sigsetsize"),
  ],
  support: "full",
  run: epollHandlers.epoll_pwait,
});

export const epoll_pwait2 = syscall("epoll_pwait2", {
  x64: 441,
  args: [
    fd("epfd"),
    records("events", "out", epoll_event, "maxevents"),
    int("maxevents"),
    record("timeout", "in", timespec),
    sigset("sigmask", "in", "sigsetsize"),
    size("sigsetsize"),
  ],
  support: "full",
  run: epollHandlers.epoll_pwait2,
});

export const eventfd = syscall("eventfd", {
  x64: 284,
  args: [uint("initval")],
  returns: fd("fd"),
  support: "full",
  run: eventfdHandlers.eventfd,
});

export const eventfd2 = syscall("eventfd2", {
  x64: 290,
  args: [uint("initval"), flags("flags", eventfdFlags)],
  returns: fd("fd"),
  support: "full",
  run: eventfdHandlers.eventfd2,
});

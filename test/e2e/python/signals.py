#!/usr/bin/python3
# signal, select, poll, epoll, timers and resource limits.
# packages: python3
import errno, os, resource, select, signal, socket, threading, time

got = []
signal.signal(signal.SIGUSR1, lambda s, f: got.append(s)); os.kill(os.getpid(), signal.SIGUSR1); print(got)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05); ticks = []; signal.signal(signal.SIGALRM, lambda s, f: ticks.append(1))
while len(ticks) < 3: signal.pause()
signal.setitimer(signal.ITIMER_REAL, 0); print("ticks")
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]); os.kill(os.getpid(), signal.SIGUSR2); print(signal.sigpending(), signal.sigwait([signal.SIGUSR2]), signal.sigtimedwait([signal.SIGUSR2], 0.05))
pid = os.getpid()
if os.fork() == 0: os.kill(pid, signal.SIGUSR2); os._exit(0)
i = signal.sigwaitinfo([signal.SIGUSR2]); print(i.si_signo, i.si_code, i.si_uid == os.getuid(), os.wait()[1])
r, w = os.pipe(); os.set_blocking(w, False); signal.set_wakeup_fd(w); os.kill(pid, signal.SIGUSR1); print(os.read(r, 1)); signal.set_wakeup_fd(-1)
t = time.monotonic(); signal.signal(signal.SIGALRM, lambda s, f: None); signal.alarm(1); time.sleep(1.3); print(1.2 < time.monotonic() - t < 2)
class Stop(Exception): pass
def stop(s, f): raise Stop
signal.signal(signal.SIGALRM, stop); signal.setitimer(signal.ITIMER_REAL, 0.1)
try: os.read(r, 1)
except Stop: print("interrupted read")
threading.Timer(0.1, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)).start()
try: time.sleep(5)
except KeyboardInterrupt: print("KeyboardInterrupt")
a, b = socket.socketpair(); print(select.select([a], [b], [], 0)[1] == [b]); b.send(b"x"); p = select.poll(); p.register(a, select.POLLIN | select.POLLOUT); print(p.poll(0)[0][1]); ep = select.epoll(); ep.register(a, select.EPOLLIN | select.EPOLLET); print(ep.poll(0)[0][1], ep.poll(0.05)); b.send(b"y"); print(len(ep.poll(1))); b.close(); print(ep.poll(1)[0][1] & select.EPOLLHUP); a.close(); ep2 = select.epoll()
try: ep2.register(os.open("/etc/passwd", os.O_RDONLY))
except OSError as e: print(errno.errorcode[e.errno])
print(resource.getrlimit(resource.RLIMIT_CORE)[0] >= -1, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 1000); resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)); fds = []
try:
    while True: fds.append(os.open("/dev/null", 0))
except OSError as e: print(errno.errorcode[e.errno]); [os.close(f) for f in fds]
if os.fork() == 0:
    resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
    try: bytearray(500 << 20)
    except MemoryError: os._exit(33)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.wait()[1]))
if os.fork() == 0:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 2)); signal.signal(signal.SIGXCPU, lambda s, f: os._exit(44))
    while True: pass
print(os.waitstatus_to_exitcode(os.wait()[1])); u = resource.getrusage(resource.RUSAGE_CHILDREN); print(0.8 < u.ru_utime + u.ru_stime < 3)

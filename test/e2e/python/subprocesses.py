#!/usr/bin/python3
# subprocess: pipes, time limits, preexec_fn, groups, descriptors and big data.
# packages: python3
import os, signal, subprocess as sp, sys

print(sp.run(["echo", "hi"], capture_output=True, text=True))
print(sp.run("echo out; echo err >&2; exit 3", shell=True, capture_output=True).returncode)
p = sp.Popen(["sort", "-r"], stdin=sp.PIPE, stdout=sp.PIPE, text=True)
print(p.communicate("a\nc\nb\n"))
big = os.urandom(3_000_000)
assert sp.run(["cat"], input=big, capture_output=True).stdout == big
try:
    sp.run(["sleep", "10"], timeout=0.2)
except sp.TimeoutExpired as e:
    print("timeout", type(e).__name__)
p = sp.Popen(["sh", "-c", "ulimit -n; id -u; pwd"], stdout=sp.PIPE, cwd="/usr", text=True,
             preexec_fn=lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_NOFILE, (77, 77)))
print(p.communicate()[0].split())
p = sp.Popen(["sh", "-c", "sleep 20 & sleep 20"], start_new_session=True)
assert os.getsid(p.pid) == p.pid
os.killpg(p.pid, signal.SIGTERM)
print(p.wait())
r, w = os.pipe()
p = sp.Popen(["sh", "-c", f"echo passed >&{w}"], pass_fds=[w]); os.close(w); p.wait()
print(os.read(r, 100))
p1 = sp.Popen(["seq", "10000"], stdout=sp.PIPE); p2 = sp.Popen(["wc", "-l"], stdin=p1.stdout, stdout=sp.PIPE); p1.stdout.close()
print(p2.communicate(), p1.wait())
p = sp.Popen(["yes"], stdout=sp.PIPE); p.stdout.read(10); p.stdout.close(); print(p.wait())
for bad in (["/nonexistent"], ["/etc/passwd"], ["/"]):
    try: sp.run(bad)
    except OSError as e: print(type(e).__name__, e.errno)
print(sp.getstatusoutput("echo x; kill -9 $$"), os.system("exit 5"), os.popen("echo popen").read())
pid = os.posix_spawn("/bin/echo", ["echo", "spawned"], os.environ); print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
pid = os.fork()
if pid == 0: os._exit(7)
print(os.waitid(os.P_PID, pid, os.WEXITED).si_status, [sp.call(["sh", "-c", f"exit {i}"]) for i in range(20)])
pid = os.fork()
if pid == 0: os.abort()
print(os.WTERMSIG(os.wait()[1])); pidfd_child = sp.Popen(["sleep", "0.2"]); fd = os.pidfd_open(pidfd_child.pid)
import select; print(select.select([fd], [], [], 5)[0] == [fd], pidfd_child.wait())

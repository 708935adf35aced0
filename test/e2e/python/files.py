#!/usr/bin/python3
# Files: mmap, tempfile, scandir of a big tree, locks, sendfile, xattr, links and times.
# packages: python3
import ctypes, fcntl, hashlib, json, mmap, os, pathlib, shutil, stat, tempfile, zlib

with open("m", "w+b") as f:
    f.truncate(1 << 20); m = mmap.mmap(f.fileno(), 0); m[100:105] = b"hello"; m.flush(); f.seek(100); print(f.read(5)); f.seek(200); f.write(b"written"); f.flush(); print(m[200:207], m.find(b"written")); m.resize(2 << 20); print(len(m), os.path.getsize("m")); m.close()
a = mmap.mmap(-1, 8192)
if os.fork() == 0: a[:3] = b"abc"; os._exit(0)
os.wait(); print(a[:3]); ro = mmap.mmap(os.open("m", os.O_RDONLY), 4096, prot=mmap.PROT_READ); print(ro[100:105])
with tempfile.TemporaryDirectory() as d, tempfile.NamedTemporaryFile(dir=d) as n, tempfile.TemporaryFile() as t:
    n.write(b"x"); n.flush(); t.write(b"y" * 100000); t.seek(0); print(os.path.getsize(n.name), len(t.read()), stat.filemode(os.stat(d).st_mode))
for i in range(30):
    os.makedirs(f"tree/{i}/sub")
    for j in range(60): pathlib.Path(f"tree/{i}/sub/{j}.txt").write_text(str(j))
print(sum(len(f) for _, _, f in os.walk("tree")), len(list(pathlib.Path("tree").rglob("*7.txt"))), sum(e.stat().st_size for i in os.scandir("tree") for e in os.scandir(i.path + "/sub")))
shutil.copytree("tree", "copy"); shutil.make_archive("arch", "zip", "copy"); shutil.rmtree("tree"); shutil.unpack_archive("arch.zip", "back"); print(sum(len(f) for _, _, f in os.walk("back")), sorted(os.listdir(".")))
os.symlink("m", "l"); os.link("m", "h"); print(os.readlink("l"), os.stat("m").st_nlink, os.path.samefile("l", "h")); os.utime("m", ns=(1, 2_000_000_003)); print(os.stat("m").st_mtime_ns); os.setxattr("m", "user.a", b"v"); print(os.getxattr("m", "user.a"), os.listxattr("m"))
f = open("lock", "w"); fcntl.flock(f, fcntl.LOCK_EX)
if os.fork() == 0:
    try: fcntl.flock(open("lock"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError: os._exit(42)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.wait()[1])); fcntl.lockf(f, fcntl.LOCK_EX, 10, 5)
src = os.open("arch.zip", os.O_RDONLY); dst = os.open("sent", os.O_WRONLY | os.O_CREAT); n = os.fstat(src).st_size; print(os.sendfile(dst, src, 0, n) == n, os.copy_file_range(src, dst, 100, 0, 0)); fd = os.memfd_create("mem"); os.write(fd, b"mem"); print(os.pread(fd, 3, 0)); os.posix_fallocate(fd, 0, 4096); print(os.fstat(fd).st_size)
print(json.loads(json.dumps({"a": [1, 2.5, None, "é"]})), zlib.crc32(b"abc"), len(zlib.compress(b"a" * 100000)), hashlib.sha256(b"x" * 1000000).hexdigest(), hashlib.blake2b(b"a").hexdigest()[:16])
libc = ctypes.CDLL(None, use_errno=True); print(libc.abs(-5), libc.getpid() == os.getpid(), libc.open(b"/nonexistent", 0), ctypes.get_errno()); cb = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int)); arr = (ctypes.c_int * 4)(3, 1, 4, 1); libc.qsort(arr, 4, 4, cb(lambda x, y: x[0] - y[0])); print(list(arr))
for op in (lambda: open("/nonexistent"), lambda: os.mkdir("back"), lambda: os.rmdir("back"), lambda: os.listdir("m"), lambda: os.open("l", os.O_NOFOLLOW), lambda: os.rename("back", "m")):
    try: op()
    except OSError as e: print(type(e).__name__, e.strerror)
print(os.access("/etc/passwd", os.R_OK), os.pathconf("/", "PC_NAME_MAX"), os.umask(0o22) >= 0, os.getloadavg()[0] >= 0, len(os.urandom(10)), len(os.sched_getaffinity(0)) > 0, os.get_terminal_size.__name__)

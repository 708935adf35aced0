#!/usr/bin/python3
# multiprocessing: fork, spawn, pools, queues, pipes, locks and shared memory.
# packages: python3
import multiprocessing as mp, os, time
from multiprocessing import shared_memory

def square(x): return x * x
def put(q, n):
    for i in range(n): q.put((os.getpid() != 0, i))
def bump(v, lock):
    for _ in range(200):
        with lock: v.value += 1
def reverse(conn):
    while (m := conn.recv()) is not None: conn.send(m[::-1])
def fill(name):
    s = shared_memory.SharedMemory(name); s.buf[:5] = b"hello"; s.close()
def crash(): os.kill(os.getpid(), 11)

if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        c = mp.get_context(method)
        q = c.Queue(); ps = [c.Process(target=put, args=(q, 50)) for _ in range(2)]; [p.start() for p in ps]
        print(method, sum(q.get()[1] for _ in range(100))); [p.join() for p in ps]; print([p.exitcode for p in ps])
        v, lock = c.Value("i", 0), c.Lock(); ps = [c.Process(target=bump, args=(v, lock)) for _ in range(3)]; [p.start() for p in ps]; [p.join() for p in ps]; print(v.value)
    with mp.Pool(4) as pool:
        print(sum(pool.map(square, range(1000)))); print(sorted(pool.imap_unordered(square, range(20), 3))); print(pool.apply_async(square, (12,)).get(5))
    a, b = mp.Pipe(); p = mp.Process(target=reverse, args=(b,)); p.start(); a.send("abc"); print(a.recv()); a.send(list(range(5000))); print(a.recv()[0]); a.send(None); p.join()
    s = shared_memory.SharedMemory(create=True, size=4096); p = mp.Process(target=fill, args=(s.name,)); p.start(); p.join(); print(bytes(s.buf[:5])); s.close(); s.unlink()
    p = mp.Process(target=crash); p.start(); p.join(); print(p.exitcode); p = mp.Process(target=time.sleep, args=(30,)); p.start(); p.terminate(); p.join(); print(p.exitcode)
    with mp.Manager() as m:
        d = m.dict(); d["k"] = m.list([1, 2]); d["k"].append(3); print(list(d["k"]))
    arr = mp.Array("d", 10); arr[3] = 1.5; print(list(arr)[:4], mp.cpu_count() == os.cpu_count())

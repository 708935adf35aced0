#!/usr/bin/python3
# threading: locks, conditions, queues, pools, timers and many threads at once.
# packages: python3
import queue, threading, time
from concurrent.futures import ThreadPoolExecutor, as_completed

total, lock = 0, threading.Lock()
def add():
    global total
    for _ in range(5000):
        with lock: total += 1
ts = [threading.Thread(target=add) for _ in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]; print(total)
q, out = queue.Queue(10), []
def consume():
    while (x := q.get()) is not None: out.append(x * x)
c = threading.Thread(target=consume); c.start()
for i in range(1000): q.put(i)
q.put(None); c.join(); print(sum(out))
cv, ready = threading.Condition(), []
def waiter(i):
    with cv:
        cv.wait_for(lambda: len(ready) > 0); out.append(i)
out.clear(); ws = [threading.Thread(target=waiter, args=(i,)) for i in range(20)]; [w.start() for w in ws]
with cv: ready.append(1); cv.notify_all()
[w.join() for w in ws]; print(sorted(out))
b = threading.Barrier(10); seen = []
def meet(): seen.append(b.wait())
ms = [threading.Thread(target=meet) for _ in range(10)]; [m.start() for m in ms]; [m.join() for m in ms]; print(sorted(seen))
with ThreadPoolExecutor(16) as pool:
    print(sum(f.result() for f in as_completed([pool.submit(pow, i, 3) for i in range(200)])))
e = threading.Event(); threading.Timer(0.1, e.set).start(); print(e.wait(5), e.is_set()); print(threading.Event().wait(0.1))
s = threading.Semaphore(2); print(s.acquire(), s.acquire(), s.acquire(timeout=0.1))
many = [threading.Thread(target=time.sleep, args=(0.3,)) for _ in range(200)]; t0 = time.monotonic(); [m.start() for m in many]; [m.join() for m in many]; print(time.monotonic() - t0 < 5)
local = threading.local(); local.x = 1; r = []; t = threading.Thread(target=lambda: r.append(hasattr(local, "x"))); t.start(); t.join(); print(r)

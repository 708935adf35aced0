#!/usr/bin/python3
# sqlite3: transactions, WAL with readers and writers in several processes, backup and dbm.
# packages: python3
import dbm, os, sqlite3, threading

db = sqlite3.connect("a.db"); print(db.execute("pragma journal_mode=wal").fetchone()); db.execute("create table t (id integer primary key, v text)")
with db: db.executemany("insert into t (v) values (?)", [(str(i),) for i in range(5000)])
print(db.execute("select count(*), sum(id) from t").fetchone(), sorted(f for f in os.listdir(".") if f.startswith("a.db")))
def worker(n):
    c = sqlite3.connect("a.db", timeout=20)
    for i in range(20):
        with c: c.execute("insert into t (v) values (?)", (f"w{n}-{i}",))
    c.close()
pids = []
for n in range(3):
    pid = os.fork()
    if pid == 0: worker(n); os._exit(0)
    pids.append(os.waitpid(pid, os.WNOHANG)[0] or pid)
print([os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in pids])
ts = [threading.Thread(target=worker, args=(10 + n,)) for n in range(3)]; [t.start() for t in ts]; [t.join() for t in ts]
print(db.execute("select count(*) from t where v like 'w%'").fetchone(), db.execute("pragma integrity_check").fetchone(), db.execute("pragma wal_checkpoint(truncate)").fetchone()[0])
b = sqlite3.connect("b.db"); db.backup(b); print(b.execute("select count(*) from t").fetchone()); b.execute("pragma journal_mode=delete"); b.execute("begin immediate")
try: sqlite3.connect("b.db", timeout=0.1).execute("begin immediate")
except sqlite3.OperationalError as e: print(e)
b.execute("delete from t"); b.rollback(); print(b.execute("select max(id) from t").fetchone()); mem = sqlite3.connect(":memory:"); print(mem.execute("select sqlite_version() is not null, json_extract('{\"a\":5}', '$.a')").fetchone()); db.close(); print(sorted(f for f in os.listdir(".") if f.startswith("a.db")))
with dbm.open("k", "c") as d: d[b"key"] = b"value"
with dbm.open("k", "r") as d: print(d[b"key"])

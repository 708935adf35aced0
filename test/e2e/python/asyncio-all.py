#!/usr/bin/python3
# asyncio: subprocesses, streams on TCP and Unix sockets, signals, executors and time limits.
# packages: python3
import asyncio, os, signal, socket

async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper()); await writer.drain()
    writer.close()

async def talk(open_it, n):
    r, w = await open_it
    for i in range(20):
        w.write(f"hello {n} {i}\n".encode()); assert await r.readline() == f"HELLO {n} {i}\n".encode()
    w.close(); await w.wait_closed(); return n

async def main():
    p = await asyncio.create_subprocess_exec("sh", "-c", "echo out; echo err >&2; exit 4", stdout=-1, stderr=-1)
    print(await p.communicate(), p.returncode)
    p = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1); out, _ = await p.communicate(b"x" * 500000); print(len(out))
    print(await asyncio.gather(*[(await asyncio.create_subprocess_exec("sh", "-c", f"sleep 0.{i}; exit {i}")).wait() for i in range(5)]))
    server = await asyncio.start_server(echo, "127.0.0.1", 0); port = server.sockets[0].getsockname()[1]
    print(sum(await asyncio.gather(*[talk(asyncio.open_connection("127.0.0.1", port), n) for n in range(30)])))
    six = await asyncio.start_server(echo, "::1", 0); print(await talk(asyncio.open_connection("::1", six.sockets[0].getsockname()[1]), 6))
    unix = await asyncio.start_unix_server(echo, "sock"); print(await talk(asyncio.open_unix_connection("sock"), 1))
    loop, got = asyncio.get_running_loop(), asyncio.Event(); loop.add_signal_handler(signal.SIGUSR1, got.set); os.kill(os.getpid(), signal.SIGUSR1); await asyncio.wait_for(got.wait(), 2); print("signal")
    try: await asyncio.wait_for(asyncio.sleep(10), 0.1)
    except asyncio.TimeoutError: print("timeout")
    print(await asyncio.to_thread(sum, range(100))); p = await asyncio.create_subprocess_exec("sleep", "30"); p.terminate(); print(await p.wait())
    try: await asyncio.open_connection("127.0.0.1", 1)
    except OSError as e: print(type(e).__name__)
    a, b = socket.socketpair(); a.setblocking(False); b.setblocking(False); await loop.sock_sendall(a, b"pair"); print(await loop.sock_recv(b, 10))
    t = loop.time(); await asyncio.gather(*[asyncio.sleep(0.1) for _ in range(1000)]); print(loop.time() - t < 2)
    server.close(); six.close(); unix.close()
asyncio.run(main())

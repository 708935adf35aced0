#!/usr/bin/env node
// HTTP, TCP, UDP and Unix servers on loopback, worker threads and cluster.
import cluster from "node:cluster";
import dgram from "node:dgram";
import dns from "node:dns/promises";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const listening = async (s, ...where) => {
  s.listen(...where);
  await once(s, "listening");
  return s.address();
};
const get = (options) =>
  new Promise((resolve, reject) => {
    http
      .get(options, (r) => {
        let n = 0;
        r.on("data", (d) => {
          n += d.length;
        });
        r.on("end", () => resolve([r.statusCode, n]));
      })
      .on("error", reject);
  });
if (!isMainThread) {
  const a = new Int32Array(workerData);
  for (let i = 0; i < 10000; i++) Atomics.add(a, 0, 1);
  Atomics.wait(a, 1, 0);
  parentPort.postMessage("woken");
} else if (!cluster.isPrimary) {
  http
    .createServer((_q, r) => r.end(`worker ${cluster.worker.id > 0}`))
    .listen(Number(process.env.PORT), "127.0.0.1");
} else {
  const server = http.createServer((q, r) => {
    if (q.url === "/big") r.end(Buffer.alloc(5_000_000));
    else if (q.url === "/slow") setTimeout(() => r.end("slow"), 100);
    else q.pipe(r);
  });
  const { port } = await listening(server, 0, "127.0.0.1");
  console.log(await get({ port, path: "/big" }), await get({ port, path: "/slow" }));
  console.log(
    (
      await Promise.all(Array.from({ length: 50 }, () => get({ port, path: "/big", agent: false })))
    ).reduce((s, [, n]) => s + n, 0),
  );
  console.log(
    await (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "echoed" })).text(),
  );
  server.close();
  server.closeAllConnections();
  const echo = net.createServer({ allowHalfOpen: true }, (c) => c.pipe(c));
  await listening(echo, "sock");
  const u = net.connect("sock");
  u.end("unix");
  console.log(String((await u.toArray())[0]));
  echo.close();
  const six = net.createServer((c) => c.end("six"));
  const p6 = (await listening(six, 0, "::1")).port;
  console.log(String((await net.connect(p6, "::1").toArray())[0]));
  six.close();
  await new Promise((r) =>
    net.connect(1, "127.0.0.1").on("error", (e) => {
      console.log(e.code);
      r();
    }),
  );
  const d = dgram.createSocket("udp4");
  d.bind(0, "127.0.0.1");
  await once(d, "listening");
  d.send("datagram", d.address().port, "127.0.0.1");
  console.log(String((await once(d, "message"))[0]));
  d.close();
  console.log((await dns.lookup("localhost", { family: 4 })).address);
  const h2 = http2.createServer();
  h2.on("stream", (s) => {
    s.respond({ ":status": 201 });
    s.end("h2");
  });
  const hp = (await listening(h2, 0, "127.0.0.1")).port;
  const session = http2.connect(`http://127.0.0.1:${hp}`);
  const q = session.request({ ":path": "/" });
  const [headers] = await once(q, "response");
  console.log(headers[":status"], String((await q.toArray())[0]));
  session.close();
  h2.close();
  const shared = new SharedArrayBuffer(8);
  const a = new Int32Array(shared);
  const ws = Array.from({ length: 4 }, () => new Worker(process.argv[1], { workerData: shared }));
  const done = Promise.all(ws.map((w) => once(w, "message")));
  const ended = Promise.all(ws.map((w) => once(w, "exit")));
  while (Atomics.load(a, 0) < 40000) await new Promise((r) => setTimeout(r, 5));
  Atomics.store(a, 1, 1);
  const poke = setInterval(() => Atomics.notify(a, 1), 10);
  console.log((await done).map(String));
  clearInterval(poke);
  console.log((await ended).length);
  const free = net.createServer();
  const cp = (await listening(free, 0, "127.0.0.1")).port;
  await new Promise((r) => free.close(r));
  for (let i = 0; i < 2; i++) cluster.fork({ PORT: cp });
  let up = 0;
  await new Promise((r) => cluster.on("listening", () => ++up === 2 && r()));
  console.log(await (await fetch(`http://127.0.0.1:${cp}`)).text(), await get({ port: cp }));
  for (const w of Object.values(cluster.workers)) w.kill();
  let gone = 0;
  await new Promise((r) => cluster.on("exit", () => ++gone === 2 && r()));
  console.log("cluster over");
  process.exit(0);
}

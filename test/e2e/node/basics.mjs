#!/usr/bin/env node
// Files, child processes, crypto, timers and streams.
import { execFileSync, fork, spawn, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import fsp from "node:fs/promises";
import os from "node:os";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import zlib from "node:zlib";

if (process.argv[2] === "child") {
  process.on("message", (m) => {
    process.send({ got: m });
    process.disconnect();
  });
} else {
  fs.mkdirSync("d/e", { recursive: true });
  for (let i = 0; i < 200; i++) fs.writeFileSync(`d/e/${i}`, String(i));
  console.log(fs.readdirSync("d", { recursive: true }).length, fs.statSync("d/e/7").size);
  await Promise.all(Array.from({ length: 300 }, (_, i) => fsp.writeFile(`d/p${i}`, "x".repeat(i))));
  console.log(
    (
      await Promise.all(
        (await fsp.readdir("d")).filter((n) => n[0] === "p").map((n) => fsp.stat(`d/${n}`)),
      )
    ).reduce((s, x) => s + x.size, 0),
  );
  await fsp.symlink("e", "d/l");
  console.log(await fsp.readlink("d/l"), await fsp.realpath("d/l").then((p) => p.endsWith("d/e")));
  await fsp.cp("d", "copy", { recursive: true });
  await fsp.rename("copy", "moved");
  await fsp.rm("d", { recursive: true });
  console.log(fs.existsSync("d"), fs.readdirSync("moved").length);
  try {
    fs.readFileSync("/nonexistent");
  } catch (e) {
    console.log(e.code, e.syscall);
  }
  console.log(
    execFileSync("echo", ["hi"]).toString(),
    spawnSync("sh", ["-c", "kill -9 $$"]).signal,
    { ...spawnSync("sh", ["-c", "cat; exit 3"], { input: "in" }), pid: 0 },
    spawnSync("/nonexistent").error.code,
  );
  const c = spawn("sh", ["-c", "read x; echo got $x; exit 5"]);
  c.stdin.end("line\n");
  c.stdout.on("data", (d) => console.log(String(d)));
  console.log(await new Promise((r) => c.on("close", (...a) => r(a))));
  const f = fork(process.argv[1], ["child"]);
  f.send({ a: [1, 2] });
  f.on("message", (m) => console.log(m));
  await new Promise((r) => f.on("exit", r));
  const s = spawn("sleep", ["20"]);
  s.kill();
  console.log(await new Promise((r) => s.on("exit", (...a) => r(a))));
  const big = crypto.createHash("sha1").update("x").digest("hex").repeat(50000);
  fs.writeFileSync("big", big);
  await pipeline(fs.createReadStream("big"), zlib.createGzip(), fs.createWriteStream("big.gz"));
  await pipeline(fs.createReadStream("big.gz"), zlib.createGunzip(), fs.createWriteStream("back"));
  console.log(fs.readFileSync("back", "utf8") === big);
  console.log(
    crypto.scryptSync("p", "s", 16).toString("hex"),
    await new Promise((r) =>
      crypto.pbkdf2("p", "s", 1000, 16, "sha256", (_e, k) => r(k.toString("hex"))),
    ),
    crypto.randomBytes(8).length,
  );
  const { privateKey, publicKey } = crypto.generateKeyPairSync("ed25519");
  console.log(
    crypto.verify(
      null,
      Buffer.from("m"),
      publicKey,
      crypto.sign(null, Buffer.from("m"), privateKey),
    ),
  );
  const t = performance.now();
  await Promise.all([sleep(50), sleep(100), new Promise((r) => setImmediate(r))]);
  console.log(performance.now() - t >= 99);
  let n = 0;
  await new Promise((r) => {
    const i = setInterval(() => {
      if (++n === 5) {
        clearInterval(i);
        r();
      }
    }, 10);
  });
  console.log(n);
  process.on("SIGUSR2", () => console.log("usr2"));
  process.kill(process.pid, "SIGUSR2");
  await sleep(50);
  const w = fs.watch("moved");
  const seen = new Promise((r) => w.once("change", (e, name) => r([e, name])));
  fs.writeFileSync("moved/new", "");
  console.log(await seen);
  w.close();
  console.log(
    os.cpus().length > 0,
    os.totalmem() > 0,
    os.networkInterfaces().lo?.[0].address,
    os.endianness(),
    process.memoryUsage().rss > 1e6,
    process.stdout.isTTY,
    process.cwd().endsWith("run"),
  );
  process.exitCode = 9;
}

/** Servers in a sandbox with --network host, their clients outside, and the other way round. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { launcher } from "../compare.ts";
import { freePort, isListening } from "../listening.ts";
import { missing, PROGRAM_PATH } from "./harness.ts";

const START_LIMIT_MS = 10_000;
const env = { PATH: PROGRAM_PATH, HOME: "/", LANG: "C.UTF-8" };
const run = promisify(execFile);
const place = mkdtempSync(join(tmpdir(), "tvisor-network-"));
chmodSync(place, 0o755);
after(() => rmSync(place, { recursive: true, force: true }));

/** Starts a server in a sandbox and waits until something listens on the port. */
async function serve(port: number, ...command: string[]): Promise<ChildProcess> {
  const words = ["do", "--network=host", "--", ...command];
  const child = spawn(launcher(), words, {
    cwd: place,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (await isListening(child, port, START_LIMIT_MS)) return child;
  child.kill("SIGKILL");
  throw new Error(`${command[0]} does not listen`);
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, "close");
  child.kill(signal);
  return (await ended)[0];
}

const redis = ["redis-server", "redis-tools"];
test("redis-server inside, redis-benchmark and redis-cli outside", {
  skip: missing(redis),
}, async () => {
  const port = String(await freePort());
  const server = await serve(Number(port), "redis-server", "--port", port, "--save", "");
  try {
    const cli = async (...words: string[]) =>
      (await run("redis-cli", ["-p", port, ...words], { env })).stdout.trim();
    assert.equal(await cli("set", "key", "value"), "OK");
    assert.equal(await cli("get", "key"), "value");
    const words = ["-p", port, "-q", "-n", "10000", "-c", "30", "-t", "set,get"];
    const { stdout } = await run("redis-benchmark", words, { env });
    assert.equal(stdout.match(/requests per second/g)?.length, 2, stdout);
    const inside = ["do", "--network=host", "--", "redis-cli", "-p", port, "get", "key"];
    assert.equal((await run(launcher(), inside, { env })).stdout, "value\n");
  } finally {
    assert.equal(await stop(server, "SIGTERM"), 0);
  }
});

test("a network namespace inside does not reach the host's network", async () => {
  const server = createServer((socket) => socket.end("reached")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  // A loopback of its own, once it is set up, where nobody listens at the port.
  const attempt = `exec 3<> /dev/tcp/127.0.0.1/${port} && cat <&3`;
  const own = `unshare -rn sh -c 'ip link set lo up; bash -c "${attempt}"'; unshare -n bash -c '${attempt}'`;
  const words = ["do", "--network=host", "--", "bash", "-c"];
  try {
    const inside = await run(launcher(), [...words, `{ ${own}; } 2>&1; echo done`], { env });
    assert.match(inside.stdout, /refused[\s\S]*unreachable[\s\S]*done/);
    assert.doesNotMatch(inside.stdout, /reached/);
    assert.equal((await run(launcher(), [...words, attempt], { env })).stdout, "reached");
  } finally {
    server.close();
  }
});

const nginx = ["nginx-light", "apache2-utils"];
test("nginx inside, ab outside", { skip: missing(nginx) }, async () => {
  const port = await freePort();
  mkdirSync(join(place, "www"));
  writeFileSync(join(place, "www/small"), "small\n");
  writeFileSync(join(place, "www/big"), Buffer.alloc(100 << 10, "n"));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const paths = temporary.map((name) => `${name}_temp_path ${place}/${name};`).join(" ");
  writeFileSync(
    join(place, "conf"),
    `user root; daemon off; worker_processes 2; pid ${place}/pid; error_log ${place}/err;
     events {} http { access_log off; sendfile on; ${paths}
     server { listen 127.0.0.1:${port}; root ${place}/www; } }`,
  );
  const server = await serve(port, "nginx", "-e", `${place}/err`, "-c", `${place}/conf`);
  try {
    for (const [file, length] of [
      ["small", 6],
      ["big", 100 << 10],
    ] as const) {
      const words = ["-q", "-n", "1000", "-c", "10", `http://127.0.0.1:${port}/${file}`];
      const { stdout } = await run("ab", words, { env });
      assert.match(stdout, /Complete requests:\s+1000\n/);
      assert.match(stdout, /Failed requests:\s+0\n/);
      assert.match(stdout, new RegExp(`Document Length:\\s+${length} bytes`));
    }
  } finally {
    assert.equal(await stop(server, "SIGQUIT"), 0);
  }
});

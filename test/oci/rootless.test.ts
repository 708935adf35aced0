/**
 * podman without root: an ordinary user's podman, in a user namespace that maps him alone to root, runs
 * containers on tvisor. runc shows first that the host allows it.
 *  - No pods: where podman makes no control groups, as without root on hosts of version 1, nothing tells its
 *    first container of a pod from any other, and the sandbox of another lets nobody join.
 *  - No ranges of subordinate ids are needed: the image belongs to one user.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";
import { makeRoot } from "./bundle.ts";
import { Podman, whyNoPodman } from "./podman.ts";

const NOBODY = 65534;
const place = mkdtempSync(join(tmpdir(), "tvisor-rootless-"));
const archive = join(place, "root.tar");
const engines: Podman[] = [];
const skip = whyNot();

after(() => {
  for (const podman of engines) podman.close();
  rmSync(place, { recursive: true, force: true });
});

/** An engine of an ordinary user with an image, or what podman said when it could not be. */
function started(name: string, runtime: string): Podman | string {
  const podman = new Podman(join(place, name), runtime, NOBODY);
  engines.push(podman);
  const { code, err } = podman.call(["import", "--change", "ENV PATH=/bin", archive, "box"]);
  return code === 0 ? podman : err;
}

function whyNot(): string | false {
  // Root is needed to become an ordinary user, and to give him a directory of his own.
  const reason = whyNoPodman();
  if (reason !== false) return reason;
  chmodSync(place, 0o755);
  makeRoot(join(place, "root"));
  const belongsToRoot = ["--owner=0", "--group=0", "--numeric-owner"];
  execFileSync("tar", [...belongsToRoot, "-C", join(place, "root"), "-cf", archive, "."]);
  const podman = started("runc", "/usr/sbin/runc");
  if (typeof podman === "string") return `podman cannot work for an ordinary user here: ${podman}`;
  const { code, err } = podman.call(["run", "--rm", "box", "true"]);
  return code === 0 ? false : `runc runs no containers of an ordinary user here: ${err}`;
}

test("podman without root: run, exec, logs, volumes, a terminal, stop", { skip }, () => {
  const podman = started("tvisor", launcher());
  assert.ok(typeof podman !== "string", String(podman));
  assert.match(podman.ok("run", "--rm", "box", "uname", "-r"), /tvisor/);
  assert.equal(podman.ok("run", "--rm", "box", "id", "-u"), "0\n");
  assert.equal(podman.call(["run", "--rm", "box", "sh", "-c", "exit 9"]).code, 9);
  assert.equal(podman.call(["run", "--rm", "box", "nosuch"]).code, 127);
  assert.equal(podman.call(["run", "--rm", "-i", "box", "cat"], "typed").out, "typed");
  assert.match(podman.typed("run", "--rm", "-it", "box", "tty").out, /\/dev\/pts\/0/);
  const shared = ["-v", `${podman.place}/tmp:/v`];
  podman.ok("run", "--rm", ...shared, "box", "sh", "-c", "echo made > /v/out");
  assert.equal(readFileSync(join(podman.place, "tmp/out"), "utf8"), "made\n");

  const script = "trap 'echo bye; exit 7' TERM; echo up; while true; do sleep 0.1; done";
  podman.ok("run", "-d", "--name", "server", "box", "sh", "-c", script);
  podman.until(/up/, "logs", "server");
  assert.equal(podman.ok("exec", "server", "echo", "in"), "in\n");
  podman.ok("stop", "-t", "10", "server");
  assert.equal(podman.ok("inspect", "-f", "{{.State.ExitCode}}", "server"), "7\n");
  assert.equal(podman.ok("logs", "server"), "up\nbye\n");
  podman.ok("rm", "server");
  assert.equal(podman.ok("ps", "-aq"), "");
});

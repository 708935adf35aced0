/** `tvisor completion`: what bash offers, asked as it asks. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { launcher } from "../compare.ts";

const call = (command: string, args: string[]) =>
  spawnSync(command, args, { encoding: "utf8", timeout: 20_000 });

/** What bash offers when the last of these words is completed. */
function offered(...words: string[]): string[] {
  const ask =
    'source <("$0" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tvisor; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr, status } = call("bash", ["-c", ask, launcher(), ...words]);
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.split("\n").filter((word) => word !== "");
}

test("completion: commands and options are offered", () => {
  assert.deepEqual(offered("tvisor", "ex"), ["exec"]);
  assert.deepEqual(offered("tvisor", "un"), ["uninstall"]);
  assert.deepEqual(offered("tvisor", "do", "--st"), ["--strace", "--stats"]);
  assert.deepEqual(offered("tvisor", "--log", "kill", "exec", "--cw"), ["--cwd"]);
  assert.deepEqual(offered("tvisor", "doctor", "--"), ["--json", "--help"]);
  assert.ok(offered("tvisor", "--").includes("--systemd-cgroup"));
  // Files are the shell's own business.
  assert.deepEqual(offered("tvisor", "do", "--", "/"), []);
});

test("completion: every command that the help names is offered", () => {
  const { stdout } = call(launcher(), ["help"]);
  const named = [...stdout.matchAll(/^ {2}([a-z][a-z, ]+?)(?: \[| {2}| bash)/gm)].flatMap(
    ([, names]) => names.split(", "),
  );
  assert.ok(named.length > 15, stdout);
  const known = offered("tvisor", "");
  assert.deepEqual(
    named.filter((name) => !known.includes(name)),
    [],
  );
});

test("completion: for another shell there is a sentence", () => {
  const { status, stderr } = call(launcher(), ["completion", "tcsh"]);
  assert.equal(status, 128);
  assert.match(stderr, /^tvisor completion: say for which shell; bash is the one there is\n$/);
});

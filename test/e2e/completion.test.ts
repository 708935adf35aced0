/** `tvisor completion`: what bash, zsh and fish offer, each asked as it asks itself. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { launcher } from "../compare.ts";
import { makeBundle, plainConfig } from "../oci/bundle.ts";
import { isPresent } from "./harness.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-completion-"));
const state = join(place, "state");
const canRun = process.geteuid!() === 0 && existsSync("/bin/busybox");

/** What is typed is "tvisor", whatever the launcher's name is. */
const environment = {
  ...process.env,
  PATH: [dirname(launcher()), process.env["PATH"]].join(delimiter),
  HOME: place,
  XDG_CONFIG_HOME: place,
  XDG_DATA_HOME: place,
  TERM: "dumb",
};

const call = (command: string, args: string[], input = "") =>
  spawnSync(command, args, {
    encoding: "utf8",
    timeout: 60_000,
    env: environment,
    input,
    // Files that are offered are these.
    cwd: place,
  });

const tvisor = (...words: string[]) =>
  spawnSync(launcher(), ["--root", state, ...words], { stdio: "ignore", timeout: 30_000 });

before(() => {
  writeFileSync(join(place, "a-file"), "");
  if (!canRun) return;
  for (const id of ["web-1", "web-2", "db"]) {
    const bundle = join(place, `bundle-${id}`);
    makeBundle(bundle, plainConfig(["sleep", "100"]));
    assert.equal(tvisor("create", "--bundle", bundle, id).status, 0);
  }
});
after(() => {
  if (canRun) tvisor("delete", "--force", "web-1", "web-2", "db");
  rmSync(place, { recursive: true, force: true });
});

type Asker = (...words: string[]) => string[];

/** What a shell offers when the last of these words is completed. */
const SHELLS: Readonly<Record<string, Asker>> = {
  bash(...words) {
    const ask =
      'source <(tvisor completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tvisor; printf "%s\\n" "${COMPREPLY[@]}"';
    return lines(call("bash", ["-c", ask, "bash", ...words]));
  },
  zsh: askZsh,
  fish(...words) {
    const ask = 'tvisor completion fish | source; complete -C (string join " " -- $argv)';
    return lines(call("fish", ["--no-config", "-c", ask, ...words])).map(
      (line) => line.split("\t")[0]!,
    );
  },
};

function lines({ stdout, stderr, status }: ReturnType<typeof call>): string[] {
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.split("\n").filter((word) => word !== "");
}

/** zsh completes at a terminal only: one of its own (zpty). What its compadd would add is written down. */
function askZsh(...words: string[]): string[] {
  const found = join(place, "found");
  rmSync(found, { force: true });
  rmSync(`${found}.done`, { force: true });
  const inside = join(place, "inside.zsh");
  writeFileSync(
    inside,
    `PS1= PS2= RPS1=
unsetopt beep zle_bracketed_paste 2>/dev/null
autoload -Uz compinit && compinit -u -d ${place}/zcompdump
source <(tvisor completion zsh)
compadd() {
  local -a hits
  builtin compadd -O hits "$@"
  (( $#hits )) && print -rl -- "$hits[@]" >> ${found}
  builtin compadd "$@"
}
ask() { zle list-choices; : > ${found}.done }
zle -N ask
bindkey '^I' ask
`,
  );
  const driver = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "source ${inside}; : > ${found}.ready"
for i in {1..600}; do [[ -e ${found}.ready ]] && break; sleep 0.05; done
zpty -w -n z $'${words.join(" ")}\\t'
for i in {1..400}; do [[ -e ${found}.done ]] && break; sleep 0.05; done
zpty -d z
[[ -e ${found}.done ]]
`;
  rmSync(`${found}.ready`, { force: true });
  const { status, stdout, stderr } = call("zsh", ["-f", "-c", driver]);
  assert.equal(status, 0, `zsh did not answer: ${stdout}${stderr}`);
  if (!existsSync(found)) return [];
  const offered = readFileSync(found, "utf8").split("\n");
  // What has an explanation is added in several steps.
  return [...new Set(offered)].filter((word) => word !== "");
}

for (const [shell, offered] of Object.entries(SHELLS)) {
  const skip = isPresent(shell) ? false : `this machine has no ${shell}`;
  const skipContainers = skip !== false ? skip : canRun ? false : "needs root, and busybox-static";

  test(`completion, ${shell}: commands`, { skip }, () => {
    assert.deepEqual(offered("tvisor", "ex"), ["exec"]);
    assert.deepEqual(offered("tvisor", "un"), ["uninstall"]);
    assert.deepEqual(offered("tvisor", "lo"), ["logs"]);
    assert.deepEqual(offered("tvisor", "help", "fea"), ["features"]);
    assert.deepEqual(offered("tvisor", "completion", "z"), ["zsh"]);
    // Behind options with and without a value.
    assert.deepEqual(offered("tvisor", "--debug", "--root", "/x", "dele"), ["delete"]);
    assert.deepEqual(offered("tvisor", "--log=kill", "dele"), ["delete"]);
  });

  test(`completion, ${shell}: options, and what they take`, { skip }, () => {
    const sorted = (...words: string[]) => offered(...words).sort();
    assert.deepEqual(sorted("tvisor", "do", "--st"), ["--stats", "--strace"]);
    assert.deepEqual(offered("tvisor", "--log", "kill", "exec", "--cw"), ["--cwd"]);
    assert.deepEqual(sorted("tvisor", "doctor", "--"), ["--help", "--json"]);
    assert.deepEqual(offered("tvisor", "--systemd-c"), ["--systemd-cgroup"]);
    assert.deepEqual(offered("tvisor", "logs", "--fol"), ["--follow"]);
    assert.deepEqual(sorted("tvisor", "--network", ""), ["host", "none", "sandbox"]);
    assert.deepEqual(sorted("tvisor", "list", "--format", "j"), ["json"]);
    assert.deepEqual(sorted("tvisor", "debug", "--log-level", "w"), ["warning"]);
    // Behind its first word an exec's options are another program's.
    assert.deepEqual(offered("tvisor", "exec", "web", "ls", "--cw"), []);
  });

  test(`completion, ${shell}: containers where one is wanted`, { skip: skipContainers }, () => {
    const at = ["tvisor", "--root", state];
    const sorted = (...words: string[]) => offered(...at, ...words).sort();
    for (const command of ["state", "exec", "kill", "logs", "delete", "pause", "debug", "ps"])
      assert.deepEqual(sorted(command, "web"), ["web-1", "web-2"], command);
    assert.deepEqual(sorted("exec", "--cwd", "/", "-t", "d"), ["db"]);
    assert.deepEqual(sorted("delete", "db", "web"), ["web-1", "web-2"]);
    assert.deepEqual(sorted("state", "db", "web"), []);
    assert.deepEqual(offered("tvisor", "--root", join(place, "none"), "state", ""), []);
  });

  test(`completion, ${shell}: signals of kill, files of exec`, { skip }, () => {
    assert.deepEqual(offered("tvisor", "kill", "web", "KI"), ["KILL"]);
    assert.deepEqual(offered("tvisor", "kill", "--all", "web", "US").sort(), ["USR1", "USR2"]);
    // bash completes names of files by itself.
    const files = shell === "bash" ? [] : ["a-file"];
    assert.deepEqual(offered("tvisor", "exec", "web", "cat", "a-f"), files);
    assert.deepEqual(offered("tvisor", "do", "--", "a-f"), files);
    assert.deepEqual(offered("tvisor", "exec", "--process", "a-f"), files);
  });

  test(`completion, ${shell}: every command that the help names`, { skip }, () => {
    const { stdout } = call("tvisor", ["help"]);
    const named = [...stdout.matchAll(/^ {2}([a-z][a-z, ]+?)(?: \[| {2}| bash)/gm)].flatMap(
      ([, names]) => names!.split(", "),
    );
    assert.ok(named.length > 15, stdout);
    const known = offered("tvisor", "");
    assert.deepEqual(
      named.filter((name) => !known.includes(name)),
      [],
    );
  });
}

test("completion: for another shell there is a sentence", () => {
  const { status, stderr } = call("tvisor", ["completion", "tcsh"]);
  assert.equal(status, 128);
  assert.match(stderr, /^tvisor completion: say for which shell: bash, zsh or fish\n$/);
});

/** Rows of whole commands as a user types them: a sandbox pays for its start each time. */
import { type CommandRow, script } from "./row.ts";

function cold(name: string, command: string[], packages: string[] = []): CommandRow {
  return {
    name,
    group: "one program, start of the sandbox included",
    unit: "ms",
    better: "less",
    timed: "cold",
    packages,
    command,
  };
}

export const coldRows: CommandRow[] = [
  cold("true", ["true"]),
  cold("sh -c 'echo hello'", ["sh", "-c", "echo hello"]),
  cold("python3 -c pass", ["/usr/bin/python3", "-c", "pass"], ["python3"]),
  cold("node -e 0", ["node", "-e", "0"]),
  cold(
    "gcc, one file",
    script("d=$(mktemp -d); echo 'int main(void) { return 0; }' | gcc -x c - -o $d/x; rm -r $d"),
    ["gcc", "libc6-dev"],
  ),
  cold("find /usr/share", ["sh", "-c", "find /usr/share -type f | wc -l"], ["findutils"]),
  cold(
    "git init, one commit",
    [
      ...script(
        "d=$(mktemp -d); cd $d; git init -q .; echo 1 > f; git add f",
        "git -c user.name=a -c user.email=a@b commit -qm one; rm -rf $d",
      ),
    ],
    ["git"],
  ),
];

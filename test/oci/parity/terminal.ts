/** Rows about terminals: the console socket, a pty that engines hold the other end of. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../bundle.ts";
import type { Row } from "../parity.ts";

const tool = (directory: string) =>
  copyFileSync(join(import.meta.dirname, "../console.py"), join(directory, "console.py"));

function terminal(...args: string[]) {
  return (config: Config) => {
    config.process.terminal = true;
    config.process.args = args;
    config.process.env.push("PS1=> ");
  };
}

const run = (...steps: string[]) =>
  `python3 console.py $RT run -d $ID -- ${steps.map((step) => `'${step}'`).join(" ")}`;

export const TERMINAL: readonly Row[] = [
  {
    title: "a shell on a terminal",
    config: terminal("sh"),
    prepare: tool,
    flow: run("until > ", "type echo $((6*7))", "until > ", "type exit 3", "end"),
  },
  {
    title: "its name and modes",
    config: terminal(
      "sh",
      "-c",
      "tty; stty -a | head -1; ls -l /dev/console | cut -c1-10; readlink /proc/self/fd/0",
    ),
    prepare: tool,
    flow: run("end"),
  },
  {
    title: "its size from the config",
    config: (c) => {
      terminal("stty", "size")(c);
      c.process.consoleSize = { height: 33, width: 111 };
    },
    prepare: tool,
    flow: run("end"),
  },
  {
    title: "another size is told",
    config: terminal(
      "sh",
      "-c",
      'trap "stty size; exit" WINCH; echo ready; while true; do sleep 0.1; done',
    ),
    prepare: tool,
    flow: run("until ready", "size 40 100", "end"),
  },
  {
    title: "an interrupt from the keyboard",
    config: terminal(
      "sh",
      "-c",
      'trap "echo caught; exit 4" INT; echo ready; while true; do sleep 0.1; done',
    ),
    prepare: tool,
    flow: run("until ready", "key 03", "end"),
  },
  {
    title: "the end of input",
    config: terminal("sh", "-c", "cat; echo over"),
    prepare: tool,
    flow: run("type line", "until line", "until line", "key 04", "end"),
  },
  {
    title: "job control",
    config: terminal("sh"),
    prepare: tool,
    flow: run(
      "until > ",
      "type sleep 100",
      "until sleep 100",
      "key 1a",
      "until > ",
      "type jobs | wc -l",
      "until > ",
      "type exit",
      "until > ",
      "type exit",
      "end",
    ),
    show: (output) => output.replace(/\[\d+\][^\\]*/g, "[job]"),
  },
  {
    title: "who hangs up ends it",
    config: terminal(
      "sh",
      "-c",
      'trap "echo hup > /log; exit" HUP; echo ready; while true; do sleep 0.1; done',
    ),
    prepare: tool,
    flow: `${run("until ready")}; for i in 1 2 3 4 5 6 7 8 9 10; do [ -s rootfs/log ] && break; sleep 0.2; done; cat rootfs/log`,
  },
  {
    title: "exec with a terminal",
    config: (c) => {
      c.process.args = ["sleep", "100"];
    },
    prepare: tool,
    flow: "$RT run -d $ID </dev/null >/dev/null 2>&1; AT=5 python3 console.py $RT exec -d -t $ID sh -c 'tty; stty size; echo ready; read x; echo got $x; exit 5' -- 'until ready' 'type word' 'end'",
  },
  {
    title: "a terminal that nobody takes",
    config: terminal("sh"),
    flow: "$RT run -d $ID </dev/null; echo $?; $RT create --console-socket /no/such/socket $ID </dev/null; echo $?",
  },
  {
    title: "a console socket and no terminal",
    flow: "$RT create --console-socket /no/such/socket $ID </dev/null; echo $?",
  },
];

/**
 * Runs one command with a time limit and collects what it says: the base of all comparing tests.
 *  - The command leads a process group of its own, which is killed when the limit is over.
 *  - `status` is the exit code, or 128 plus the signal's number, as a shell reports it. So a launcher
 *    may hand on a guest's signal either way.
 *  - Standard input is empty unless `input` is given.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** More than any test prints on purpose; a runaway must not fill the memory. */
const OUTPUT_LIMIT = 4 << 20;
/** A killed group can leave a process behind that holds the pipe open; do not wait for it. */
const CLOSE_GRACE_MS = 1_000;

export interface RunOptions {
  cwd: string;
  timeoutMs: number;
  env?: NodeJS.ProcessEnv;
  /** Called with all output so far; what it returns is typed into the command. */
  respond?: (stdout: string) => string | undefined;
}

export interface RunResult {
  stdout: string;
  /** The same with one character for each byte: equal only if the bytes are. */
  stdoutBytes: string;
  stderr: string;
  status: number;
  /** How the command ended, for people: "exit 0", "killed by SIGSEGV", "time limit …". */
  ending: string;
  timedOut: boolean;
  durationMs: number;
}

/** The same few variables for every command, so that the caller's shell cannot change a result. */
export function plainEnvironment(home: string): NodeJS.ProcessEnv {
  const path =
    process.env["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return { PATH: path, HOME: home, LANG: "C.UTF-8", TZ: "UTC", TERM: "dumb" };
}

export function run(command: string[], options: RunOptions): Promise<RunResult> {
  const { cwd, timeoutMs, respond } = options;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command[0], command.slice(1), {
      cwd,
      env: options.env ?? plainEnvironment(cwd),
      stdio: [respond ? "pipe" : "ignore", "pipe", "pipe"],
      detached: true,
    });

    let timedOut = false;
    const killGroup = () => {
      try {
        process.kill(-child.pid!, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    const limit = setTimeout(() => {
      timedOut = true;
      killGroup();
      setTimeout(() => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      }, CLOSE_GRACE_MS).unref();
    }, timeoutMs);

    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      const stream = child[name]!;
      stream.setEncoding("latin1"); // One character for each byte; decoded as a whole at the end.
      stream.on("data", (text: string) => {
        if (output[name].length < OUTPUT_LIMIT) output[name] += text;
        if (name === "stderr" || respond === undefined) return;
        for (let answer = respond(output.stdout); answer !== undefined; ) {
          child.stdin!.write(answer);
          answer = respond(output.stdout);
        }
      });
    }
    child.stdin?.on("error", () => {}); // The command may end before it has read everything.

    child.on("error", (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      killGroup(); // Whatever the command left running must not disturb the next test.
      resolve({
        stdout: Buffer.from(output.stdout, "latin1").toString(),
        stdoutBytes: output.stdout,
        stderr: Buffer.from(output.stderr, "latin1").toString(),
        status: code ?? 128 + constants.signals[signal!],
        ending: timedOut
          ? `time limit of ${timeoutMs / 1000} s is over, killed`
          : signal
            ? `killed by ${signal}`
            : `exit ${code}`,
        timedOut,
        durationMs: performance.now() - started,
      });
    });
  });
}

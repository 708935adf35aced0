/**
 * program: how a program of the user's choice starts in a process that has none: as which user, where,
 * from which file. findProgram() looks for it as a shell does, startProgram() enters it; both fail
 * with a StartFailure and the exit status that shells use.
 */
import { ENOENT, ENOTDIR } from "../abi/errno.ts";
import { errnoText } from "../abi/errno-text.ts";
import { AT_FDCWD } from "../abi/fcntl.ts";
import type { Credentials } from "../kernel/cred/credentials.ts";
import { exec } from "../kernel/exec/exec.ts";
import { returnToGuest } from "../kernel/signal/deliver.ts";
import { HANDLED } from "../kernel/task/park.ts";
import type { Task } from "../kernel/task/task.ts";
import type { File } from "../kernel/vfs/file.ts";
import { StartFailure } from "./failure.ts";

const COMM_LENGTH = 15;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const TVISOR_FAILED = 128;
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

export interface Program {
  /** Byte strings; argv[0] names the program and is looked up in PATH when it has no slash. */
  readonly argv: string[];
  readonly envp: string[];
  readonly cwd: string;
  readonly credentials: Credentials;
}

/** The program runs as soon as the kernel's loop does. */
export function startProgram(task: Task, program: Program): void {
  enter(task, program);
  const found = findProgram(task, program);
  task.restart = null;
  const rc = exec(task, {
    file: found.file,
    fileName: found.name,
    argv: program.argv,
    envp: program.envp,
    nameCloses: false,
    comm: found.name.slice(found.name.lastIndexOf("/") + 1).slice(0, COMM_LENGTH),
  });
  if (rc !== HANDLED)
    throw new StartFailure(`cannot execute ${found.name}: ${errnoText(-rc)}`, NOT_EXECUTABLE);
  task.restart = null;
  returnToGuest(task, 0);
}

/** Become the program's user and go to its directory. */
function enter(task: Task, { credentials, cwd }: Program): void {
  task.credentials = credentials;
  const path = task.kernel.vfs.resolve(task, AT_FDCWD, cwd);
  if (typeof path === "number")
    throw new StartFailure(
      `cannot enter the working directory ${cwd}: ${errnoText(-path)}`,
      TVISOR_FAILED,
    );
  task.fs.setCwd(path);
}

/** As a shell finds a command: PATH of the program's environment, unless the name has a slash. */
export function findProgram(task: Task, { argv, envp }: Program): { file: File; name: string } {
  const name = argv[0]!;
  const path = envp.find((entry) => entry.startsWith("PATH="))?.slice(5) ?? DEFAULT_PATH;
  const candidates = name.includes("/")
    ? [name]
    : path.split(":").map((dir) => `${dir === "" ? "." : dir}/${name}`);
  let worst = -ENOENT;
  for (const candidate of candidates) {
    const file = task.kernel.vfs.openExec(task, AT_FDCWD, candidate);
    if (typeof file !== "number") return { file, name: candidate };
    if (file !== -ENOENT && file !== -ENOTDIR) worst = file;
  }
  if (worst !== -ENOENT)
    throw new StartFailure(`cannot execute ${name}: ${errnoText(-worst)}`, NOT_EXECUTABLE);
  throw new StartFailure(
    `${name}: command not found${name.includes("/") ? "" : " in PATH"}`,
    NOT_FOUND,
  );
}

/**
 * ProgramFile: a loaded program as a descriptor (bpf(2)): it is attached to cgroups by it, and goes with the last of
 * them and of its descriptors.
 */
import { O_CLOEXEC, O_RDWR } from "../../abi/fcntl.ts";
import { anonymous } from "../files/nameless.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import type { DeviceProgram } from "./device-program.ts";

export class ProgramFile extends File {
  readonly program: DeviceProgram;

  constructor(task: Task, program: DeviceProgram) {
    const { inode, path } = anonymous(task.kernel.vfs, "bpf-prog");
    super(inode, path, O_RDWR | O_CLOEXEC, task.credentials);
    this.program = program;
  }
}

/**
 * FilesystemContext: a filesystem in the making (fsopen(2)), or one being reconfigured (fspick(2)).
 *  - fsconfig(2) collects parameters in the words that mount(2) takes as its data; the filesystem sees
 *    them when it is made, so that a bad one is refused then.
 */
import { EBUSY, EINVAL, ENODATA } from "../../abi/errno.ts";
import { O_RDWR } from "../../abi/fcntl.ts";
import { MS_RDONLY } from "../../abi/mount.ts";
import { refuse } from "../../base/refuse.ts";
import { anonymous } from "../files/nameless.ts";
import type { Task } from "../task/task.ts";
import { File } from "./file.ts";
import type { Filesystem } from "./filesystem.ts";

export type ContextPhase = "parameters" | "made" | "mounted" | "reconfiguring" | "failed";

export class FilesystemContext extends File {
  readonly type: string;
  phase: ContextPhase;
  source = "";
  /** Made and not mounted yet, or picked. */
  filesystem: Filesystem | null;
  readonly #parameters: string[] = [];
  #isReadOnly = false;

  constructor(task: Task, type: string, picked: Filesystem | null) {
    const { inode, path } = anonymous(task.kernel.vfs, "[fscontext]");
    super(inode, path, O_RDWR, task.credentials);
    inode.drop();
    this.type = type;
    this.filesystem = picked;
    this.phase = picked === null ? "parameters" : "reconfiguring";
  }

  /** The log of messages: there are none. */
  override read(): number {
    return refuse(ENODATA, "fscontext: no messages");
  }

  /** FSCONFIG_SET_FLAG with no value, FSCONFIG_SET_STRING with one. */
  set(key: string, value: string | null): number {
    if (this.phase !== "parameters" && this.phase !== "reconfiguring")
      return refuse(EBUSY, "fsconfig: the filesystem is made");
    if (key === "source" && value !== null) {
      if (this.source !== "") return refuse(EINVAL, "fsconfig: two sources");
      this.source = value;
    } else if (value === null && (key === "ro" || key === "rw")) this.#isReadOnly = key === "ro";
    else this.#parameters.push(value === null ? key : `${key}=${value}`);
    return 0;
  }

  /** FSCONFIG_CMD_CREATE. */
  make(task: Task): number {
    if (this.phase !== "parameters") return refuse(EBUSY, "fsconfig: the filesystem is made");
    const flags = this.#isReadOnly ? MS_RDONLY : 0;
    const types = task.kernel.vfs.filesystemTypes;
    const made = types.mount(task, this.type, this.source, flags, this.#parameters.join(","));
    if (typeof made === "number") {
      this.phase = "failed";
      return made;
    }
    if (this.#isReadOnly) made.readOnly = true;
    this.filesystem = made;
    this.phase = "made";
    return 0;
  }

  /** FSCONFIG_CMD_RECONFIGURE. */
  reconfigure(): number {
    if (this.phase !== "reconfiguring" || this.filesystem === null)
      return refuse(EBUSY, "fsconfig: not from fspick");
    return this.filesystem.reconfigure(this.#parameters.join(","));
  }

  override release(): void {
    if (this.phase === "made" && this.filesystem?.mounts === 0) this.filesystem.release();
  }
}

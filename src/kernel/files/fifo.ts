/**
 * Fifo: opening a named pipe (fifo(7)); plugged into `vfs.fifos`.
 *  - O_RDONLY waits until a writer opens, O_WRONLY until a reader does; O_RDWR never waits.
 *  - O_NONBLOCK: reading succeeds at once, writing without readers is ENXIO.
 *  - While an open waits it counts as an open end already; it is kept in the restart record and
 *    taken back when a signal ends the wait.
 * The pipe exists while any end is open: `inode.fifo`. The nameless pipes of pipe(2) come here when
 * /proc/self/fd/N is opened; they never wait.
 */
import { ENXIO } from "../../abi/errno.ts";
import { O_ACCMODE, O_NONBLOCK, O_RDONLY, O_WRONLY } from "../../abi/fcntl.ts";
import { POLLIN, POLLOUT } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import { PARKED, type Unfinished } from "../task/park.ts";
import type { Task } from "../task/task.ts";
import { AnonymousInode } from "../vfs/anonymous.ts";
import type { File } from "../vfs/file.ts";
import type { Inode } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import type { FifoOpener } from "../vfs/vfs.ts";
import { Pipe } from "./pipe.ts";
import { PipeFile } from "./pipe-file.ts";

/** An open that waits for the other end: what its restart record keeps. */
class FifoOpening implements Unfinished {
  readonly file: PipeFile;
  /** Openings of the other end seen when the wait began. */
  readonly seen: number;

  constructor(file: PipeFile, seen: number) {
    this.file = file;
    this.seen = seen;
  }

  /** The opener died: its end does not count any more. */
  abandon(): void {
    this.file.unref();
  }
}

export class Fifos implements FifoOpener {
  open(task: Task, inode: Inode, path: Path, flags: number): File | number {
    const note = task.restart?.note;
    if (note instanceof FifoOpening) return this.#await(task, note);
    const pipe = (inode.fifo ?? new Pipe(task.kernel.blocks)) as Pipe;
    const access = flags & O_ACCMODE;
    const isNamed = !(inode instanceof AnonymousInode);
    if (isNamed && access === O_WRONLY && pipe.readers === 0 && (flags & O_NONBLOCK) !== 0)
      return refuse(ENXIO, "open: the FIFO has no reader");
    inode.fifo = pipe;
    if (access !== O_WRONLY) {
      pipe.readers++;
      pipe.readerOpens++;
    }
    if (access !== O_RDONLY) {
      pipe.writers++;
      pipe.writerOpens++;
    }
    const file = new PipeFile(pipe, inode, path, flags, task.credentials);
    pipe.wakeAll();
    return isNamed ? this.#meet(task, file, access) : file;
  }

  #meet(task: Task, file: PipeFile, access: number): File | number {
    const { pipe } = file;
    if (access === O_RDONLY && pipe.writers === 0) {
      if (!file.nonblocking) return this.#await(task, new FifoOpening(file, pipe.writerOpens));
      file.expectWriter();
    } else if (access === O_WRONLY && pipe.readers === 0)
      return this.#await(task, new FifoOpening(file, pipe.readerOpens));
    return file;
  }

  #await(task: Task, opening: FifoOpening): File | number {
    const { file } = opening;
    const { pipe } = file;
    const now = file.readable ? pipe.writerOpens : pipe.readerOpens;
    if (now !== opening.seen) {
      task.record.note = null;
      return file;
    }
    task.record.note = opening;
    task.waitOn(pipe.queue, POLLIN | POLLOUT);
    const rc = task.park();
    if (rc === PARKED) return rc;
    task.record.note = null;
    file.unref();
    return rc;
  }
}

/**
 * ProcessGroup and Session: job control's units (setpgid(2), setsid(2), credentials(7)).
 * A session may have a controlling terminal; the terminal knows its foreground process group.
 */
import type { ThreadGroup } from "./thread-group.ts";

/** What the kernel needs of a controlling terminal; implemented by the tty layer. */
export interface ControllingTerminal {
  foreground: ProcessGroup | null;
  session: Session | null;
  /** dev_t as /proc/PID/stat shows it. */
  readonly deviceNumber: number;
  /** The session leader exits: hang up. */
  disassociate(): void;
}

export class Session {
  readonly id: number;
  /** Null once the leader has exited. */
  leader: ThreadGroup | null;
  terminal: ControllingTerminal | null = null;

  constructor(leader: ThreadGroup) {
    this.id = leader.pid;
    this.leader = leader;
  }
}

export class ProcessGroup {
  readonly id: number;
  readonly session: Session;
  readonly members = new Set<ThreadGroup>();

  constructor(id: number, session: Session) {
    this.id = id;
    this.session = session;
  }

  /**
   * Does no member have a parent outside the group but in the session? Such a group is not stopped by
   * the terminal, as nobody could continue it. `ignoring` is a member about to exit. The kernel's own init,
   * which has no threads, stands for the shell that started the first program: it is outside.
   */
  isOrphaned(ignoring: ThreadGroup | null = null): boolean {
    for (const member of this.members) {
      if (member === ignoring || member.isZombie) continue;
      const parent = member.parent;
      if (parent === null || parent.session !== this.session) continue;
      if (parent.processGroup !== this || parent === parent.kernel.init) return false;
    }
    return true;
  }
}

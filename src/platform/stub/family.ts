/**
 * Family: spaces that descend from one template. On the host they are in the same control groups, those
 * of the template; for the sandbox they are one container's.
 */
import type { StubThread } from "./thread.ts";

export class Family {
  /** It never runs guest code. */
  readonly template: StubThread;
  readonly spares: StubThread[] = [];
  /**
   * One of its programs has needed a new space: the next one is made ready. Not before programs run: until
   * then its template may be on its way to other control groups.
   */
  usesSpares = false;

  constructor(template: StubThread) {
    this.template = template;
    template.space.family = this;
  }
}

/**
 * commands: the runtime's commands by name, each a file that is loaded when it is asked for.
 */
import type { Context } from "./context.ts";
import type { Flags, FlagTable } from "./flags.ts";

export interface Command {
  readonly flags: FlagTable;
  readonly short?: Readonly<Record<string, string>>;
  /** How many plain words it takes: from, to. */
  readonly words: readonly [number, number];
  /** What comes before the message of a failure. */
  readonly failure?: string;
  /** Exit status of a failure that says none; 1 for most. */
  readonly failureStatus?: number;
  readonly usage: string;
  run(context: Context, flags: Flags): number | Promise<number>;
}

type Loader = () => Promise<{ command: Command }>;

export const COMMANDS: Readonly<Record<string, Loader>> = {
  create: () => import("./create.ts"),
  debug: () => import("./debug.ts"),
  delete: () => import("./delete.ts"),
  events: () => import("./events.ts"),
  exec: () => import("./exec.ts"),
  features: () => import("./features.ts"),
  kill: () => import("./kill.ts"),
  list: () => import("./list.ts"),
  logs: () => import("./logs.ts"),
  pause: () => import("./pause.ts"),
  ps: () => import("./ps.ts"),
  resume: () => import("./resume.ts"),
  run: () => import("./run.ts"),
  spec: () => import("./spec.ts"),
  start: () => import("./start.ts"),
  state: () => import("./state.ts"),
  update: () => import("./update.ts"),
  wait: () => import("./wait.ts"),
};

/**
 * signals: a signal as people write it: 9, KILL, SIGKILL, sigkill, RTMIN+1; and as they read it.
 */
import { constants } from "node:os";
import { CommandError } from "./context.ts";

const MOST = 64;
/** Names that people use, without SIG. */
export const SIGNAL_NAMES: readonly string[] = Object.keys(constants.signals)
  .map((name) => name.slice(3))
  .filter((name) => !["IOT", "POLL", "UNUSED", "STKFLT"].includes(name));

const RTMIN = 34;
const RTMAX = 64;

export function signalNumberOf(word: string): number {
  if (/^\d+$/.test(word)) {
    const number = Number(word);
    if (number <= MOST) return number;
    throw new CommandError(`there is no signal ${word}`);
  }
  const name = word.toUpperCase().replace(/^SIG/, "");
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (realTime !== null) {
    const step = Number(realTime[3] ?? 0) * (realTime[2] === "-" ? -1 : 1);
    const number = (realTime[1] === "MIN" ? RTMIN : RTMAX) + step;
    if (number >= RTMIN && number <= RTMAX) return number;
  }
  const number = (constants.signals as Readonly<Record<string, number>>)[`SIG${name}`];
  if (number === undefined) throw new CommandError(`unknown signal "${word}"`);
  return number;
}

export function signalName(number: number): string {
  const named = Object.entries(constants.signals).find(([, each]) => each === number);
  return named?.[0] ?? `${number}`;
}

/**
 * print: text for the user. Node's process.stdout would load its streams first, 12 ms at each start.
 *  - All of it is written before this returns, also to a pipe that somebody made non-blocking.
 *  - A reader who has gone away wants no more: that is not an error.
 */

import { writeSync } from "node:fs";
import { nap } from "../base/nap.ts";

const STDOUT = 1;
const STDERR = 2;
const AGAIN_MS = 1;

export function print(text: string): void {
  write(STDOUT, text);
}

export function printError(text: string): void {
  write(STDERR, text);
}

function write(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      nap(AGAIN_MS);
    }
  }
}

/** Commands to a space that does not answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Commands, NR } from "./commands.ts";
import type { StubPlatform } from "./platform.ts";
import type { StubThread } from "./thread.ts";

test("commands: a space that was silent for a deadline is not asked again by the same handler", () => {
  const memory = new ArrayBuffer(65536);
  const space = { isCondemned: false, deferring: null };
  let waits = 0;
  const platform = {
    words: new Int32Array(memory),
    view: new DataView(memory),
    gateway: { reply: () => {} },
    posts: {
      await: () => {
        waits++;
        space.isCondemned = true;
        return -110;
      },
    },
  };
  const thread = { state: "stopped", at: 0, space } as unknown as StubThread;
  const commands = new Commands(platform as unknown as StubPlatform, thread);
  for (let i = 0; i < 3; i++) assert.equal(commands.call(NR.munmap, 4096, 4096), -3);
  assert.equal(commands.copy(0, 0, 4096), 0);
  assert.equal(waits, 1);
});

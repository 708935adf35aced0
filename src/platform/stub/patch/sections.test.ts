/** Functions from sections, against what nm says of programs made here. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type FunctionList, listFunctions } from "./sections.ts";

const SOURCE = "#include <unistd.h>\nint main(void) { return getppid() == 0; }\n";

/** A static program's functions as read from `strip`ped or whole files, and some of nm's. */
function make(flags: string[], strip: string[]): { list: FunctionList; known: [number, number][] } {
  const directory = mkdtempSync(join(tmpdir(), "tvisor-sections-"));
  try {
    const program = join(directory, "program");
    writeFileSync(`${program}.c`, SOURCE);
    execFileSync("cc", ["-static", ...flags, "-o", program, `${program}.c`]);
    const lines = execFileSync("nm", ["-S", program], { encoding: "latin1" }).split("\n");
    const known = lines
      .map((line) => /^([0-9a-f]+) ([0-9a-f]+) [TW] (?:__)?(getppid|getpid|write|main)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, begin, length]): [number, number] => [Number(`0x${begin}`), Number(`0x${length}`)]);
    execFileSync("strip", [...strip, program]);
    const bytes = new Uint8Array(readFileSync(program));
    const read = (at: number, length: number) =>
      at + length <= bytes.length ? bytes.slice(at, at + length) : null;
    return { list: listFunctions(read, bytes.slice(0, 64)), known };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function checkKnown({ list, known }: ReturnType<typeof make>): void {
  assert.ok(known.length >= 3);
  for (const [begin, length] of known) {
    assert.equal(list.find(begin)?.begin, begin);
    assert.equal(list.find(begin + length - 1)?.begin, begin);
    assert.equal(list.find(begin)?.length, length);
  }
  assert.equal(list.find(0x1000), null);
}

test("sections: a stripped static program's functions are in .eh_frame", () => {
  checkKnown(make([], []));
});

test("sections: without that, symbols tell", () => {
  checkKnown(make([], ["--strip-debug", "--remove-section=.eh_frame"]));
});

test("sections: a file without sections has no known functions", () => {
  assert.equal(listFunctions(() => null, new Uint8Array(64)).find(0x401000), null);
});

/** The header check must catch what it is there for, and its complaints must name the remedy. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { checkHeaders } from "./check-headers.ts";

const README = `# kernel: tasks and what they hold
**Lives here:** a.ts.
**May import:** abi, base. **Must never:** wait.
**Start reading at:** a.ts.
`;

function complaintsAbout(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "tvisor-headers-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkHeaders(root).join("\n");
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("headers: a tree that explains itself passes", () => {
  const complaints = complaintsAbout({
    "src/kernel/a.ts": "/** A task. */\nexport const a = 1;\n",
    "src/kernel/README.md": README,
    "native/stub.c": "/* The stub. */\n",
    "test/conformance/pipe/eof.c": "// pipe: read() gives 0 at the end\n",
    "tools/layers.json": '{ "floors": [{ "folder": "kernel", "imports": ["abi", "base"] }] }',
  });
  assert.equal(complaints, "");
});

test("headers: a file without a contract, and one with a long one, are caught", () => {
  const complaints = complaintsAbout({
    "src/kernel/README.md": README,
    "src/kernel/bare.ts": "export const a = 1;\n",
    "src/kernel/long.ts": `/**\n${" * more\n".repeat(20)} */\n`,
    "native/bare.c": "#include <stdio.h>\n",
  });
  assert.match(complaints, /src\/kernel\/bare\.ts does not say what it is/);
  assert.match(complaints, /src\/kernel\/long\.ts opens with a contract of 22 lines/);
  assert.match(complaints, /native\/bare\.c does not say what it is/);
});

test("headers: folders of the first and second level need a README, deeper ones do not", () => {
  const complaints = complaintsAbout({ "src/kernel/task/deep/a.ts": "/** A task. */\n" });
  assert.equal(
    complaints.replaceAll(/:.*/g, ""),
    "src/kernel has no README.md\nsrc/kernel/task has no README.md",
  );
});

test("headers: a README without a heading, or too long, is caught", () => {
  const complaints = complaintsAbout({
    "src/kernel/a.ts": "/** A task. */\n",
    "src/kernel/README.md": `Kernel\n**Lives here:** a.ts.\n${"more\n".repeat(60)}`,
  });
  assert.match(complaints, /has 62 lines/);
  assert.match(complaints, /has no title/);
  assert.match(complaints, /add \*\*May import:\*\* \*\*Must never:\*\* \*\*Start reading at:\*\*/);
});

test("headers: a README that contradicts layers.json is caught", () => {
  const complaints = complaintsAbout({
    "src/kernel/README.md": README,
    "tools/layers.json": '{ "floors": [{ "folder": "kernel", "imports": ["base"] }] }',
  });
  assert.match(complaints, /says "May import: abi, base": tools\/layers\.json has "base"/);
});

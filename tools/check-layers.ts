/**
 * Checks who imports whom: `npm run layers`, or `tools/check-layers.ts ROOT` for another tree.
 *
 * The floors are rules of dependency-cruiser (.dependency-cruiser.cjs, made from layers.json). Cycles are
 * searched for here, because dependency-cruiser reports one cycle per import and may report a harmless
 * one where a harmful one exists too. No files may import each other in a circle. The one exception:
 * files of the kernel may, when erasing types breaks the circle. A task has a descriptor table whose
 * files ask for a task: Linux's own concepts know each other.
 */
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { cruise } from "dependency-cruiser";

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const TYPES = new Set(["type-only", "type-import"]);

/** All complaints about the tree at `root`, one sentence with its remedy each. */
export async function checkLayers(root: string): Promise<string[]> {
  const require = createRequire(import.meta.url);
  const { forbidden, options } = require("../.dependency-cruiser.cjs");
  const result = await cruise(["src"], {
    ...options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden },
  });
  if (typeof result.output === "string")
    throw new Error("dependency-cruiser gave text, not a result");

  const complaints = result.output.summary.violations.map((violation) => {
    const rule = forbidden.find((rule: { name: string }) => rule.name === violation.rule.name);
    return `${violation.from} imports ${violation.to}. ${rule?.comment ?? violation.rule.name}`;
  });

  const imports: Import[] = result.output.modules.flatMap((module) =>
    module.dependencies.map((dependency) => ({
      from: module.source,
      to: dependency.resolved,
      typeOnly: dependency.dependencyTypes.some((type) => TYPES.has(type)),
    })),
  );
  const atRunTime = findCircles(imports.filter((each) => !each.typeOnly));
  for (const circle of atRunTime) {
    complaints.push(
      `These files import each other at run time: ${circle.join(", ")}. Move what they share into a file of its own, or import only the type.`,
    );
  }
  for (const circle of findCircles(imports)) {
    if (
      circle.every((file) => file.startsWith("src/kernel/")) ||
      circle.every((file) => dirname(file) === dirname(circle[0]!)) ||
      atRunTime.some((each) => sameMembers(each, circle))
    )
      continue;
    complaints.push(
      `These files import each other's types: ${circle.join(", ")}. Only files of src/kernel, or of one folder, may; declare the shared type in a file below both.`,
    );
  }
  return complaints;
}

function sameMembers(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

/** Tarjan's strongly connected components, without the files that stand alone. Each is sorted. */
export function findCircles(imports: Import[]): string[][] {
  const targets = Map.groupBy(imports, (each) => each.from);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles: string[][] = [];

  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    onStack.add(file);
    for (const { to } of targets.get(file) ?? []) {
      if (!order.has(to)) visit(to);
      if (onStack.has(to)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(to)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const members = stack.splice(stack.indexOf(file));
    for (const member of members) onStack.delete(member);
    if (members.length > 1) circles.push(members.sort());
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return circles;
}

if (import.meta.main) {
  const complaints = await checkLayers(resolve(process.argv[2] ?? `${import.meta.dirname}/..`));
  for (const complaint of complaints) console.error(`layers: ${complaint}`);
  if (complaints.length > 0) process.exit(1);
}

/**
 * The import rules, made from tools/layers.json. `npm run layers` applies them.
 *
 * TypeScript 7 is a native program without the JavaScript API that dependency-cruiser parses with, and
 * its swc parser stops at `using` declarations. So package.json has, as TypeScript's own notes advise,
 * version 6 under the name `typescript` (for this tool alone) and version 7 as `typescript-7` (for
 * `npm run types`).
 */
const { floors } = require("./tools/layers.json");

const UNIT_TESTS = "[.]test[.]ts$";

/** A folder name or a single file of one, as the pattern of the paths that it allows. */
const allowed = (name) =>
  name.includes("/") ? `^src/${name.replaceAll(".", "[.]")}$` : `^src/${name}/`;

const forbidden = [];
for (const { folder, imports, outside } of floors) {
  // Unit tests live beside their source and may bring whatever they need to look at it.
  const from = { path: `^src/${folder}/`, pathNot: UNIT_TESTS };
  forbidden.push({
    name: `${folder}-imports-down-only`,
    comment: `src/${folder} may import ${imports.join(", ") || "no other folder"}. Declare a plug point and let src/sentry fill it.`,
    severity: "error",
    from,
    to: { path: "^(src|test|tools)/", pathNot: [`^src/${folder}/`, ...imports.map(allowed)] },
  });
  if (outside !== "packages") {
    forbidden.push({
      name: `${folder}-has-no-packages`,
      comment: `src/${folder} runs behind the lock-down, where all code is ours. Move the use of the package to a folder outside it.`,
      severity: "error",
      from,
      // What begins with a dot is a file that does not exist; import-resolves says so.
      to: { dependencyTypesNot: ["local", "core"], pathNot: ["^src/", "^[.]"] },
    });
  }
  if (outside === "nothing") {
    forbidden.push({
      name: `${folder}-has-no-node-modules`,
      comment: `src/${folder} knows nothing of Node. Reach the machine through a plug point that src/sentry fills.`,
      severity: "error",
      from,
      to: { dependencyTypes: ["core"] },
    });
  }
}
forbidden.push(
  {
    name: "folder-has-a-floor",
    comment: "Every folder of src/ needs a row in tools/layers.json.",
    severity: "error",
    from: { path: "^src/", pathNot: `^src/(${floors.map((floor) => floor.folder).join("|")})/` },
    to: {},
  },
  {
    name: "import-resolves",
    comment: "The imported file or package does not exist.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
);

module.exports = {
  forbidden,
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".cjs", ".json"] },
  },
};

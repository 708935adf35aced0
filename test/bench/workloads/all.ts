/** All rows, in the order of the report. */
import { coldRows } from "./cold.ts";
import { containerRows } from "./containers.ts";
import { insideRows } from "./inside.ts";
import { operationRows } from "./operations.ts";
import type { Row } from "./row.ts";
import { sandboxRows } from "./sandboxes.ts";
import { serverRows } from "./servers.ts";

export const rows: Row[] = [
  ...operationRows,
  ...insideRows,
  ...coldRows,
  ...serverRows,
  ...sandboxRows,
  ...containerRows,
];

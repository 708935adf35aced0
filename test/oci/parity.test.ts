/** The same container under runc and under tvisor: the tables in parity/. */

import { FIELDS } from "./parity/fields.ts";
import { FILES } from "./parity/files.ts";
import { FLOWS } from "./parity/flows.ts";
import { KERNEL } from "./parity/kernel.ts";
import { PROCESS } from "./parity/process.ts";
import { TERMINAL } from "./parity/terminal.ts";
import { USERS } from "./parity/users.ts";
import { parity } from "./parity.ts";

parity("process", PROCESS);
parity("files", FILES);
parity("kernel", KERNEL);
parity("flows", FLOWS);
parity("terminal", TERMINAL);
parity("fields", FIELDS);
parity("users", USERS);

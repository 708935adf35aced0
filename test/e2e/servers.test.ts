/** Servers and their clients on loopback: redis, nginx, TLS, HTTP, sqlite3 and busybox. */
import { family } from "./harness.ts";

family("servers");

/**
 * systemd: units that the system's or the user's manager makes and ends for us, over D-Bus
 * (org.freedesktop.systemd1(5)). As systemctl(1) does, the manager's own socket is tried before the bus.
 * Whatever goes wrong is a CommandError, with what systemd said.
 */
import { statSync } from "node:fs";
import process from "node:process";
import { errnoText } from "../../../abi/errno-text.ts";
import { byteString } from "../../../host/bytes.ts";
import { CommandError, type Context } from "../context.ts";
import { isInUserNamespace } from "../globals.ts";
import { Dbus, type Endpoint, endpointsOf, RemoteError } from "./dbus.ts";
import { DbusError } from "./dbus-wire.ts";

/** Name, signature and value. */
export type Property = readonly [name: string, signature: string, value: unknown];

/** Somebody else has a unit of this name. */
export class UnitTaken extends CommandError {
  constructor(unit: string) {
    super(`the unit ${unit} runs already, for another container or program`);
  }
}

export type ManagerKind = "system" | "user";

const NAME = "org.freedesktop.systemd1";
const PATH = "/org/freedesktop/systemd1";
const MANAGER = `${NAME}.Manager`;
const PROPERTIES = "org.freedesktop.DBus.Properties";
const NO_SUCH_UNIT = `${NAME}.NoSuchUnit`;
const UNIT_EXISTS = `${NAME}.UnitExists`;
/** sd_booted(3) */
const BOOTED = "/run/systemd/system";
const JOB_MS = 30_000;

/** Root has the system's manager, unless that is outside the user namespace in which he is root. */
export function managerKind(): ManagerKind {
  if (process.geteuid!() !== 0) return "user";
  try {
    return statSync(BOOTED).uid === 0 ? "system" : "user";
  } catch {
    return isInUserNamespace() ? "user" : "system";
  }
}

export class Systemd {
  readonly #dbus: Dbus;
  readonly kind: ManagerKind;
  #hearsJobs = false;

  static connect({ host }: Context, kind: ManagerKind): Systemd {
    const tried: string[] = [];
    for (const endpoint of endpoints(kind)) {
      const name = endpoint.socket.replace("\0", "@");
      try {
        const dbus = Dbus.connect(host, endpoint);
        if (typeof dbus !== "number") return new Systemd(dbus, kind);
        tried.push(`${name}: ${errnoText(-dbus)}`);
      } catch (error) {
        if (!(error instanceof DbusError)) throw error;
        tried.push(`${name}: ${error.message}`);
      }
    }
    const why = tried.join("; ") || "neither XDG_RUNTIME_DIR nor DBUS_SESSION_BUS_ADDRESS is set";
    throw new CommandError(
      `systemd's manager of the ${kind} cannot be reached (${why}): where it does not run, use the cgroupfs driver: leave out --systemd-cgroup, as an engine does whose cgroup driver is cgroupfs`,
    );
  }

  private constructor(dbus: Dbus, kind: ManagerKind) {
    this.#dbus = dbus;
    this.kind = kind;
  }

  close(): void {
    this.#dbus.close();
  }

  /** 252, of "252.38-1~deb12u1". */
  version(): number {
    try {
      const text = String(this.#property(PATH, MANAGER, "Version"));
      return Number(/\d+/.exec(text)?.[0] ?? 0);
    } catch (error) {
      if (!(error instanceof DbusError)) throw error;
      throw new CommandError(`systemd does not say which version it is: ${error.message}`);
    }
  }

  /** Make a unit of which no file knows. One of this name that has failed makes room. */
  start(unit: string, properties: readonly Property[]): void {
    const body = [unit, "replace", properties.map(toWire), []];
    const call = () => this.#job("StartTransientUnit", "ssa(sv)a(sa(sv))", body, unit);
    let result: string;
    try {
      result = call();
    } catch (error) {
      if (!isKind(error, UNIT_EXISTS)) throw failure("start", unit, error);
      this.reset(unit);
      try {
        result = call();
      } catch (again) {
        throw isKind(again, UNIT_EXISTS) ? new UnitTaken(unit) : failure("start", unit, again);
      }
    }
    if (result === "done") return;
    this.reset(unit);
    throw new CommandError(`systemd has not started ${unit}: its job ended as "${result}"`);
  }

  /** Other properties, until the unit ends. */
  set(unit: string, properties: readonly Property[]): void {
    if (properties.length === 0) return;
    try {
      this.#call("SetUnitProperties", "sba(sv)", [unit, true, properties.map(toWire)]);
    } catch (error) {
      throw failure("change", unit, error);
    }
  }

  /** End it with all that is in it, and forget it. One that is not there has ended. */
  stop(unit: string): void {
    let result: string;
    try {
      result = this.#job("StopUnit", "ss", [unit, "replace"], unit);
    } catch (error) {
      if (isKind(error, NO_SUCH_UNIT)) return;
      throw failure("stop", unit, error);
    }
    this.reset(unit);
    if (result !== "done")
      throw new CommandError(`systemd has not stopped ${unit}: its job ended as "${result}"`);
  }

  /** A unit that has failed stays for people to see, and keeps its name. */
  reset(unit: string): void {
    try {
      this.#call("ResetFailedUnit", "s", [unit]);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw failure("reset", unit, error);
      // It has not failed, and is not there any more.
    }
  }

  isActive(unit: string): boolean {
    try {
      const [path] = this.#call("GetUnit", "s", [unit]);
      return this.#property(String(path), `${NAME}.Unit`, "ActiveState") === "active";
    } catch (error) {
      if (isKind(error, NO_SUCH_UNIT)) return false;
      throw failure("find", unit, error);
    }
  }

  /** Where its control group is, from the top of a hierarchy. */
  controlGroup(unit: string): string {
    const kind = unit.endsWith(".slice") ? "Slice" : "Scope";
    let group: unknown;
    try {
      const [path] = this.#call("GetUnit", "s", [unit]);
      group = this.#property(String(path), `${NAME}.${kind}`, "ControlGroup");
    } catch (error) {
      throw failure("find", unit, error);
    }
    if (typeof group !== "string" || !group.startsWith("/"))
      throw new CommandError(`systemd has made no control group for ${unit}`);
    return group;
  }

  /** Call for a job, and tell how it ended: "done", or otherwise. */
  #job(member: string, signature: string, body: readonly unknown[], unit: string): string {
    this.#hearJobs();
    const [job] = this.#call(member, signature, body);
    const signal = this.#dbus.awaitSignal(
      ({ member: name, interface: from, body: [, path] }) =>
        name === "JobRemoved" && from === MANAGER && path === job,
      JOB_MS,
      `word that ${unit} is done with`,
    );
    return String(signal.body[3]);
  }

  /** On its own socket systemd tells everybody. On a bus it wants to be asked, and not twice. */
  #hearJobs(): void {
    if (!this.#dbus.isBus || this.#hearsJobs) return;
    const from = `sender='${NAME}',interface='${MANAGER}',path='${PATH}'`;
    this.#dbus.match(`type='signal',member='JobRemoved',${from}`);
    this.#call("Subscribe", "", []);
    this.#hearsJobs = true;
  }

  #call(member: string, signature: string, body: readonly unknown[]): readonly unknown[] {
    return this.#dbus.call(NAME, { path: PATH, interface: MANAGER, member, signature, body });
  }

  #property(path: string, of: string, name: string): unknown {
    const call = { path, interface: PROPERTIES, member: "Get", signature: "ss", body: [of, name] };
    const [variant] = this.#dbus.call(NAME, call);
    return (variant as { value?: unknown } | undefined)?.value;
  }
}

function toWire([name, signature, value]: Property): unknown {
  return [name, { signature, value }];
}

function isKind(error: unknown, kind: string): boolean {
  return error instanceof RemoteError && error.kind === kind;
}

function failure(what: string, unit: string, error: unknown): unknown {
  if (!(error instanceof DbusError)) return error;
  if (isKind(error, NO_SUCH_UNIT))
    return new CommandError(`systemd cannot ${what} ${unit}: it does not run any more`);
  return new CommandError(`systemd cannot ${what} ${unit}: ${error.message}`);
}

function endpoints(kind: ManagerKind): Endpoint[] {
  const { env } = process;
  if (kind === "system")
    return [
      { socket: "/run/systemd/private", isBus: false },
      ...endpointsOf(env["DBUS_SYSTEM_BUS_ADDRESS"] || "unix:path=/run/dbus/system_bus_socket"),
    ];
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  const own = (name: string, isBus: boolean): Endpoint[] =>
    runtime === "" ? [] : [{ socket: byteString(`${runtime}/${name}`), isBus }];
  const address = env["DBUS_SESSION_BUS_ADDRESS"] ?? "";
  return [
    ...own("systemd/private", false),
    ...(address === "" ? own("bus", true) : endpointsOf(address)),
  ];
}

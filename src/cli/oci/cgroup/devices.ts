/**
 * devices: `linux.resources.devices` as systemd's DevicePolicy and DeviceAllow (config-linux.md,
 * "Allowed Device list"; systemd.resource-control(5)).
 *  - Rules count in their order: one for all devices forgets those before it.
 *  - systemd has lists of what is allowed, without exceptions: where the rules allow all devices but
 *    some, or all numbers of a kind but some, all of them are allowed. Guests are given no device of the
 *    host's anyway, but where a mount brings it.
 */
import { readFileSync } from "node:fs";
import type { DeviceRule } from "../../../oci/spec.ts";
import type { Property } from "./systemd.ts";

const NAMES: Readonly<Record<string, string>> = { c: "char", b: "block" };

/** What every container may use (config-linux.md, "Default Devices"), and the making of any node. */
const DEFAULTS: readonly DeviceRule[] = [
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
  ...[3, 5, 7, 8, 9].map((minor) => ({ allow: true, type: "c", major: 1, minor })),
  { allow: true, type: "c", major: 5, minor: 0 },
  { allow: true, type: "c", major: 5, minor: 2 },
  { allow: true, type: "c", major: 136 },
];

export function deviceProperties(rules: readonly DeviceRule[]): Property[] {
  const { isOpen, allowed } = judge([...rules, ...DEFAULTS]);
  const none: Property = ["DeviceAllow", "a(ss)", []];
  if (isOpen) return [["DevicePolicy", "s", "auto"], none];
  const entries = [...allowed].flatMap(([device, access]) => {
    const name = deviceName(device);
    return name === "" || access === "" ? [] : [[name, access]];
  });
  // An empty list takes away what was there; another one is added to it.
  return [["DevicePolicy", "s", "strict"], none, ["DeviceAllow", "a(ss)", entries]];
}

interface Judgement {
  /** What no rule names is allowed. */
  readonly isOpen: boolean;
  /** By "type major minor", "*" for any. */
  readonly allowed: ReadonlyMap<string, string>;
}

function judge(rules: readonly DeviceRule[]): Judgement {
  let isOpen = false;
  const allowed = new Map<string, string>();
  for (const { allow, type, major, minor, access } of rules) {
    if ((type ?? "a") === "a") {
      isOpen = allow;
      allowed.clear();
      continue;
    }
    const key = `${type} ${numberOf(major)} ${numberOf(minor)}`;
    const before = allowed.get(key) ?? "";
    const named = access || "rwm";
    const has = (letter: string) => (named.includes(letter) ? allow : before.includes(letter));
    allowed.set(key, [..."rwm"].filter(has).join(""));
  }
  return { isOpen, allowed };
}

/** Go may write null for what is not there. */
function numberOf(value: number | null | undefined): string {
  return (value ?? -1) < 0 ? "*" : String(value);
}

/** "char-*", "char-pts" or "/dev/char/1:3"; "" for what systemd has no words for. */
function deviceName(device: string): string {
  const [type, major, minor] = device.split(" ") as [string, string, string];
  const kind = NAMES[type] ?? "";
  if (kind === "") return "";
  if (major === "*") return minor === "*" ? `${kind}-*` : "";
  if (minor !== "*") return `/dev/${kind}/${major}:${minor}`;
  const group = groupOf(kind, major);
  return group === "" ? "" : `${kind}-${group}`;
}

/** The driver's name for a major number (proc(5), /proc/devices). */
function groupOf(kind: string, major: string): string {
  const [characters = "", blocks = ""] = readFileSync("/proc/devices", "utf8").split(
    "Block devices:",
  );
  const lines = (kind === "char" ? characters : blocks).split("\n");
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields.find(([number]) => number === major)?.[1] ?? "";
}

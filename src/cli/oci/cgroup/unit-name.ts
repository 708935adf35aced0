/**
 * unit-name: which unit of systemd a container is (runc's systemd driver; systemd.unit(5),
 * systemd.slice(5)). `cgroupsPath` is slice:prefix:name, where "system.slice:docker:ID" is the scope
 * docker-ID.scope in system.slice; a name that ends with ".slice" is that slice. What systemd would not
 * take is refused here, with the reason.
 */
import { CommandError } from "../context.ts";

const MOST_NAME = 255;

export interface UnitPlace {
  /** The slice that it lies in. */
  readonly slice: string;
  readonly unit: string;
  /** The container, as people know it. */
  readonly name: string;
}

export function isSlice(unit: string): boolean {
  return unit.endsWith(".slice");
}

/** `defaultSlice`: where containers are for which nobody says. */
export function placeOf(path: string, id: string, defaultSlice: string): UnitPlace {
  const parts = path === "" ? ["", "tvisor", id] : path.split(":");
  if (parts.length !== 3)
    throw new CommandError(
      `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "${path}" instead`,
    );
  const [slice, prefix, name] = parts as [string, string, string];
  const unit = isSlice(name) ? name : `${prefix}-${name}.scope`;
  const place = { slice: slice === "" ? defaultSlice : slice, unit, name };
  checkSlice(place.slice);
  if (isSlice(unit)) checkSlice(unit);
  else checkUnit(unit);
  return place;
}

/** The parts of its name say which slices a slice lies in, so none may be empty; "-.slice" is the top. */
function checkSlice(slice: string): void {
  if (!isSlice(slice)) throw invalidSlice(slice, 'it does not end with ".slice"');
  const name = slice.slice(0, -".slice".length);
  if (name.split("-").includes("") && name !== "-")
    throw invalidSlice(
      slice,
      'a "-" stands between the names of slices, and one of them is missing',
    );
  checkUnit(slice);
}

function invalidSlice(slice: string, why: string): CommandError {
  return new CommandError(`invalid slice name: ${slice}: ${why}`);
}

function checkUnit(unit: string): void {
  const refuse = (why: string) => {
    throw new CommandError(`systemd takes no unit with the name "${unit}": ${why}`);
  };
  if (unit.length > MOST_NAME) refuse(`it is longer than ${MOST_NAME} characters`);
  const odd = /[^\w:.\\@-]/.exec(unit)?.[0];
  if (odd !== undefined)
    refuse(`"${odd}" is none of the letters, digits and ":-_.\\@" that such names are made of`);
  if (/^@|@\.\w+$/.test(unit)) refuse('something must stand before and behind the "@"');
}

/**
 * donation: descriptors that came with a container, sorted by what they are for. The order is that of
 * ContainerPlaces: streams, inherited ones, the root, the sources of those mounts that have one, the
 * directory that holds what is written.
 */
import type { ContainerPlaces } from "../../control/messages.ts";
import { runtimeFailure } from "./places.ts";

export interface Donation {
  readonly streams: readonly number[];
  readonly inherited: readonly number[];
  readonly root: number;
  /** For each mount; -1 for none. */
  readonly sources: readonly number[];
  /** -1 for none. */
  readonly overlay: number;
  readonly rest: readonly number[];
}

export function sortDescriptors(places: ContainerPlaces, descriptors: readonly number[]): Donation {
  const left = descriptors.slice();
  const streams = left.splice(0, places.streams);
  const inherited = left.splice(0, places.inherited);
  const root = left.shift();
  const sources = places.hasSource.map((has) => (has ? (left.shift() ?? -1) : -1));
  const overlay = places.hasOverlay ? (left.shift() ?? -1) : -1;
  if (root === undefined || streams.length !== places.streams)
    throw runtimeFailure("the container came without its descriptors");
  return { streams, inherited, root, sources, overlay, rest: left };
}

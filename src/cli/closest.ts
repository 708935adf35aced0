/**
 * closest: which of the known words somebody may have meant: the one that the fewest changes of a letter
 * lead to, if they are few; or one that begins so.
 */

const SHORTEST_BEGINNING = 3;

export function closest(said: string, known: readonly string[]): string | null {
  const most = said.length < 4 ? 1 : 2;
  let best: string | null = null;
  let fewest = most + 1;
  for (const word of known) {
    const changes = distance(said, word);
    if (changes >= fewest) continue;
    best = word;
    fewest = changes;
  }
  if (best !== null || said.length < SHORTEST_BEGINNING) return best;
  return known.find((word) => word.startsWith(said)) ?? null;
}

/** Letters to add, drop, replace or swap with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

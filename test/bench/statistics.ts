/** What is told of the runs of one side: the median, and the quartiles as their spread. */

export interface Summary {
  runs: number[];
  median: number;
  /** A quarter of the runs is below, a quarter above. */
  quartiles: [low: number, high: number];
}

export function summarize(runs: number[]): Summary {
  const sorted = runs.toSorted((a, b) => a - b);
  return {
    runs,
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  };
}

/** Between two runs the value on the straight line between them. */
function quantile(sorted: number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

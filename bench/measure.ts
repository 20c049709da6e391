/** One side of a comparison, run once for a while: gives how many a second. */
export type Side = { readonly name: string; run(): Promise<Run> };
export type Run = {
  readonly perSecond: number;
  /** Processor time of the measured process for one, where it is known. */
  readonly cpuMs?: number;
};

export type Compared = {
  readonly ours: Run;
  readonly baseline: Run;
  /** Ours a second by the baseline's, the median over pairs that ran one after the other. */
  readonly ratio: number;
};

/**
 * Runs both sides in turns, after a warm-up of each, and gives medians: what else the machine does meets both
 * alike, and one bad moment counts for nothing.
 */
export async function compare(ours: Side, baseline: Side, pairs = 5): Promise<Compared> {
  await ours.run();
  await baseline.run();
  const runs: { ours: Run; baseline: Run }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    // Who goes first changes, so that being first favours nobody.
    const first = pair % 2 === 0 ? await ours.run() : await baseline.run();
    const second = pair % 2 === 0 ? await baseline.run() : await ours.run();
    runs.push(pair % 2 === 0 ? { ours: first, baseline: second } : { ours: second, baseline: first });
  }
  return {
    ours: medianRun(runs.map((run) => run.ours)),
    baseline: medianRun(runs.map((run) => run.baseline)),
    ratio: median(runs.map((run) => run.ours.perSecond / run.baseline.perSecond)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function medianRun(runs: readonly Run[]): Run {
  const cpu = runs.flatMap((run) => (run.cpuMs === undefined ? [] : [run.cpuMs]));
  return {
    perSecond: median(runs.map((run) => run.perSecond)),
    ...(cpu.length === 0 ? {} : { cpuMs: median(cpu) }),
  };
}

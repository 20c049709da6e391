import type { Compared, Run } from './measure.ts';
import type { Cluster } from './stage.ts';

/** One comparison, measured: what, on how much, beside what. */
export type Result = {
  readonly title: string;
  /** How much was there. */
  readonly data: string;
  readonly oursIs: string;
  readonly baselineIs: string;
  readonly compared: Compared;
  /** The least ratio we want, where there is one. */
  readonly target?: number;
  readonly notes?: readonly string[];
};

export type Bench = (cluster: Cluster, report: (result: Result) => void) => Promise<void>;

/** A result as a few lines of text. */
export function asText({ title, data, oursIs, baselineIs, compared, target, notes = [] }: Result): string {
  const wanted = target === undefined ? '' : ` (wanted: ${target.toFixed(2)} or more)`;
  return [
    '',
    title,
    `  on        ${data}`,
    `  ours      ${inWords(compared.ours)}  ${oursIs}`,
    `  baseline  ${inWords(compared.baseline)}  ${baselineIs}`,
    `  ratio     ${compared.ratio.toFixed(2)} of the baseline a second${wanted}`,
    ...notes.map((note) => `            ${note}`),
    '',
  ].join('\n');
}

function inWords({ perSecond, cpuMs }: Run): string {
  const digits = perSecond < 10 ? 2 : 0;
  const rate = `${perSecond.toFixed(digits)}/s`.padStart(9);
  return cpuMs === undefined ? rate : `${rate}, ${cpuMs.toFixed(cpuMs < 0.1 ? 3 : 2)} ms of processor each;`;
}

import { Worker } from 'node:worker_threads';
import type { LinearProgram } from '../../kernel/linear-program.ts';

/** How far a search is: the best answer so far, and what no answer can be better than. */
export type SearchProgress = { readonly best: number | null; readonly bound: number | null };

export type MilpAnswer =
  | (SearchProgress & {
      /** `optimal` is proved; `time-limit` is the best that was found until then. */
      readonly status: 'optimal' | 'time-limit';
      /** The value of each column. */
      readonly values: readonly number[];
    })
  | { readonly status: 'infeasible' | 'nothing-found' };

export type MilpRequest = {
  readonly program: LinearProgram;
  readonly timeLimitSeconds: number;
  /** An answer this near to the bound counts as proved; in the unit of the costs. */
  readonly proofGap: number;
};

// A checkout runs the source, a build its JavaScript: the worker stands beside this file in both.
const WORKER = new URL(`./milp-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
/** What the solver may take beyond its own limit before its thread is ended. */
const GRACE_MS = 10_000;
const HEAP_MB = 1024;

/**
 * Solves the program in a thread of its own, with a limit of time, and tells how far it is meanwhile.
 * @throws Error when the solver itself fails
 */
export function solveMilp(
  request: MilpRequest,
  onProgress: (progress: SearchProgress) => void = () => {},
): Promise<MilpAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, {
      workerData: request,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      stdout: true,
      stderr: true,
    });
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      void worker.terminate();
      settle();
    };
    const timer = setTimeout(
      () => finish(() => resolve({ status: 'nothing-found' })),
      request.timeLimitSeconds * 1000 + GRACE_MS,
    );
    worker.on('message', (said: { progress: SearchProgress } | { answer: MilpAnswer }) => {
      if ('progress' in said) onProgress(said.progress);
      else finish(() => resolve(said.answer));
    });
    worker.once('error', (error) => finish(() => reject(error)));
    worker.once('exit', (code) => finish(() => reject(new Error(`The solver ended with code ${code}`))));
  });
}

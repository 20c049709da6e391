import { parentPort, workerData } from 'node:worker_threads';
import highsLoader, { type Highs, type ModelData, type VariableType } from 'highs';
import type { LinearProgram } from '../../kernel/linear-program.ts';
import type { MilpAnswer, MilpRequest, SearchProgress } from './milp.ts';

const PROGRESS_EVERY_MS = 500;

function modelOf({ infinity, constants }: Highs, program: LinearProgram): ModelData {
  const { costs, rows, firstContinuous, sense } = program;
  const isBinary = (column: number): boolean => column < firstContinuous;
  const starts = [0];
  for (const row of rows) starts.push((starts.at(-1) ?? 0) + row.entries.length);
  return {
    numCols: costs.length,
    numRows: rows.length,
    sense: sense === 'minimise' ? constants.objectiveSense.minimize : constants.objectiveSense.maximize,
    colCost: costs,
    colLower: costs.map(() => 0),
    colUpper: costs.map((_, column) => (isBinary(column) ? 1 : infinity)),
    rowLower: rows.map((row) => row.lower ?? -infinity),
    rowUpper: rows.map((row) => row.upper ?? infinity),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols: costs.length,
      starts,
      indices: rows.flatMap((row) => row.entries.map(([column]) => column)),
      values: rows.flatMap((row) => row.entries.map(([, factor]) => factor)),
    },
    integrality: costs.map((_, column): VariableType => (isBinary(column) ? 1 : 0)),
  };
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) || Math.abs(value) >= 1e20 ? null : value;

function solve(highs: Highs, { program, timeLimitSeconds, proofGap }: MilpRequest): MilpAnswer {
  const progress: { current: SearchProgress } = { current: { best: null, bound: null } };
  let toldAt = 0;
  return highs.withModel(modelOf(highs, program), (model): MilpAnswer => {
    model.options.set('output_flag', false);
    model.options.set('time_limit', timeLimitSeconds);
    model.options.set('mip_rel_gap', 0);
    model.options.set('mip_abs_gap', proofGap);
    const { mipLogging, mipInterrupt } = highs.constants.callbackType;
    const note = (data: { mip_primal_bound?: number; mip_dual_bound?: number }): undefined => {
      progress.current = { best: finite(data.mip_primal_bound), bound: finite(data.mip_dual_bound) };
      const now = performance.now();
      if (now - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = now;
      parentPort?.postMessage({ progress: progress.current });
    };
    const { modelStatus } = model.run({
      [mipLogging]: (event) => note(event.data),
      [mipInterrupt]: (event) => note(event.data),
    });
    const { optimal, infeasible, unboundedOrInfeasible } = highs.constants.modelStatus;
    if (modelStatus === infeasible || modelStatus === unboundedOrInfeasible) return { status: 'infeasible' };
    const hasSolution = Number(model.info.get('primal_solution_status')) === 2;
    if (!hasSolution) return { status: 'nothing-found' };
    const best = model.getObjectiveValue();
    const isProved = modelStatus === optimal;
    return {
      status: isProved ? 'optimal' : 'time-limit',
      values: [...model.getSolution().colValue],
      best,
      bound: isProved ? best : progress.current.bound,
    };
  });
}

// Its types are written for CommonJS: what they call `default` is the module's own default here.
const loadHighs = highsLoader as unknown as typeof highsLoader.default;
const highs = await loadHighs();
parentPort?.postMessage({ answer: solve(highs, workerData as MilpRequest) });

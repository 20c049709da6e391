import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { AppError, type MessageParams } from '../../kernel/errors.ts';
import type { Sheet, SheetLimits } from './sheet.ts';
import type { SheetAnswer } from './sheet-worker.ts';

const READING_MS = 20_000;
const HEAP_MB = 256;
// A checkout runs the source, a build its JavaScript: the worker stands beside this file in both.
const WORKER = new URL(`./sheet-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/**
 * Reads the first sheet of an .xlsx or CSV file, which it tells by its content and not by its name, in a
 * thread with a limit of memory and time. Formulas are not calculated and their last result is not
 * trusted: such a cell is read as its formula, and whoever wants a value from it is told where it stands.
 * Rows and columns that are empty at the end are dropped.
 * @throws AppError `invalid`: `sheet.too-large`, `sheet.empty`, `sheet.not-a-spreadsheet`,
 * `sheet.old-format`, `sheet.macros`, `sheet.external-links`, `sheet.too-many-rows`,
 * `sheet.too-many-columns`, `sheet.bomb`, `sheet.damaged`, `sheet.unknown-encoding`, `sheet.took-too-long`
 */
export async function readSheet(file: string, limits: SheetLimits): Promise<Sheet> {
  const { size } = await stat(file);
  if (size === 0) throw refused('sheet.empty');
  if (size > limits.maxBytes)
    throw refused('sheet.too-large', { megabytes: Math.max(1, Math.round(limits.maxBytes / 1_048_576)) });
  const answer = await inWorker(file, limits);
  if ('refusal' in answer) throw refused(answer.refusal, answer.params);
  return answer.sheet;
}

const refused = (code: string, params: MessageParams = {}): AppError =>
  new AppError('invalid', code, `The spreadsheet was refused: ${code}`, { params });

function inWorker(file: string, limits: SheetLimits): Promise<SheetAnswer> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, {
      workerData: { file, limits },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      stdout: true,
      stderr: true,
    });
    const finish = (answer: SheetAnswer): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(answer);
    };
    const timer = setTimeout(() => finish({ refusal: 'sheet.took-too-long', params: {} }), READING_MS);
    worker.once('message', finish);
    // Out of memory, or a reader that trips over a damaged file: the file is at fault either way.
    worker.once('error', () => finish({ refusal: 'sheet.damaged', params: {} }));
    worker.once('exit', () => finish({ refusal: 'sheet.damaged', params: {} }));
  });
}

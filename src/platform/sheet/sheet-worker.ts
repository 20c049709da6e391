import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { MessageParams } from '../../kernel/errors.ts';
import { readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import type { Sheet, SheetLimits } from './sheet.ts';
import { SheetRefused } from './sheet-refused.ts';

export type SheetAnswer =
  | { readonly sheet: Sheet }
  | { readonly refusal: string; readonly params: MessageParams };

async function read(file: string, limits: SheetLimits): Promise<Sheet> {
  const head = await firstBytes(file);
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return readXlsx(file, limits);
  // The container of .xls files, and of .xlsx files with a password.
  if (startsWith(head, [0xd0, 0xcf, 0x11, 0xe0])) throw new SheetRefused('sheet.old-format');
  return readCsv(file, limits);
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const startsWith = (head: Buffer, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

const { file, limits } = workerData as { file: string; limits: SheetLimits };
try {
  const sheet = await read(file, limits);
  parentPort?.postMessage(
    (sheet.rows.length === 0 ? { refusal: 'sheet.empty', params: {} } : { sheet }) satisfies SheetAnswer,
  );
} catch (error) {
  const refusal = error instanceof SheetRefused ? error : new SheetRefused('sheet.damaged');
  parentPort?.postMessage({ refusal: refusal.code, params: refusal.params } satisfies SheetAnswer);
}

import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A server as its `postmaster.pid` describes it. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly isReady: boolean };

/** The server that runs on this data folder, also when whoever started it was killed. */
export function runningServer(dataFolder: string): Postmaster | undefined {
  const [pid, , , port, , , , status] = linesOf(path.join(dataFolder, 'postmaster.pid'));
  if (pid === undefined || port === undefined || !isPostgres(Number(pid))) return undefined;
  return { pid: Number(pid), port: Number(port), isReady: status?.trim() === 'ready' };
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

// After a crash of the machine the number in the file may belong to any other program.
function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  return (linesOf(`/proc/${pid}/cmdline`)[0] ?? '').split('\0')[0]?.endsWith('postgres') ?? false;
}

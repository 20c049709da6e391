import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The master key kept in the data folder; made there the first time, readable by its owner only. */
export function keptMasterKey(dataDir: string): Buffer {
  const file = path.join(dataDir, 'master.key');
  if (!existsSync(file)) makeKey(dataDir, file);
  return Buffer.from(readFileSync(file, 'utf8'), 'base64');
}

// Written whole and then linked: of two processes that start together one makes the key and both read it.
function makeKey(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, randomBytes(32).toString('base64'), { mode: 0o600 });
  try {
    linkSync(fresh, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

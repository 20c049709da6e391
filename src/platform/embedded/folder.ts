import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { canEnter, type Owner } from './owner.ts';

/**
 * The folder as the server can use it. A checkout in root's home cannot be entered by `postgres`: there the
 * data lies in /var/lib and the folder is a link to it.
 */
export function reachableFolder(folder: string, owner: Owner): string {
  const wanted = path.resolve(folder);
  if (!existsSync(wanted)) {
    mkdirSync(path.dirname(wanted), { recursive: true });
    if (canEnter(path.dirname(wanted), owner)) mkdirSync(wanted, { mode: 0o700 });
    else linkElsewhere(wanted);
  }
  const real = realpathSync(wanted);
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(real, owner.uid, owner.gid);
  return real;
}

function linkElsewhere(wanted: string): void {
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const elsewhere = path.join('/var/lib/portico', name);
  mkdirSync(path.dirname(elsewhere), { recursive: true, mode: 0o755 });
  mkdirSync(elsewhere, { recursive: true, mode: 0o700 });
  symlinkSync(elsewhere, wanted, 'dir');
}

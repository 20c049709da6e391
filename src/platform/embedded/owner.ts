import { execFileSync, spawnSync } from 'node:child_process';

/** Whom PostgreSQL runs as: itself refuses root. Empty when the process is an ordinary user already. */
export type Owner = { readonly uid?: number; readonly gid?: number };

/** The account the server runs under; for root it is `postgres`, made when the machine has none. */
export function serverOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  return postgresAccount() ?? makePostgresAccount();
}

/** May this owner enter the folder? A home folder of mode 0700 hides everything below it. */
export const canEnter = (folder: string, owner: Owner): boolean =>
  owner.uid === undefined ||
  spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...owner, cwd: '/', stdio: 'ignore' }).status === 0;

/** May this owner run the program? */
export const canRun = (program: string, owner: Owner): boolean =>
  spawnSync(program, ['--version'], { ...owner, stdio: 'ignore' }).status === 0;

function postgresAccount(): Owner | undefined {
  const ask = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

function makePostgresAccount(): Owner {
  const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'];
  const made = spawnSync('useradd', flags, { stdio: 'ignore' }).status === 0 ? postgresAccount() : undefined;
  if (made === undefined)
    throw new Error(
      'PostgreSQL does not run as root and the account "postgres" could not be made: ' +
        'start as an ordinary user, make the account, or set DATABASE_URL',
    );
  return made;
}

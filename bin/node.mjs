// Chooses the Node to run under: the running one when it is new enough, else the one that npm brought along.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const WANTED_MAJOR = 24;

/** The program to start Node with; call it after the packages are installed. */
export function chooseNode() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) return process.execPath;
  const brought = broughtAlong();
  return brought !== undefined && runs(brought) ? brought : process.execPath;
}

/** Ends with advice when the machine's Node cannot run the program at all. */
export function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`Portico needs Node 20.19 or newer, better 24; this is ${process.versions.node}.\n`);
  process.exit(1);
}

function broughtAlong() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const file = path.join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', name);
  return existsSync(file) ? file : undefined;
}

const runs = (file) => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;

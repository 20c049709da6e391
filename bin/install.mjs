// Brings node_modules to what package-lock.json says, when it is not there already.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { captureProgram } from './child.mjs';
import { refuseOldNode, root } from './node.mjs';
import { step } from './progress.mjs';

/** Installs what is missing; says nothing when all is there. */
export async function installWhatIsMissing() {
  refuseOldNode();
  const missing = whatDiffers();
  if (missing === undefined) return;
  await step(`Installing packages (${missing})`, async () => {
    const { code, output } = await runNpm([
      'ci',
      '--include=dev',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    if (code !== 0) throw new Error(`npm ci failed (${code})\n${output}`);
  });
}

/** Runs npm, the one that started us when there is one. */
export function runNpm(args) {
  const script = process.env['npm_execpath'];
  return script?.endsWith('.js')
    ? captureProgram(process.execPath, [script, ...args])
    : captureProgram('npm', args, { shell: process.platform === 'win32' });
}

// npm writes what it installed to node_modules/.package-lock.json, last of all: a killed install has none.
function whatDiffers() {
  const wanted = packagesOf('package-lock.json');
  if (wanted === undefined) return undefined;
  const installed = packagesOf(path.join('node_modules', '.package-lock.json'));
  if (installed === undefined) return 'none are there yet';
  const differing = Object.entries(wanted).filter(([place, entry]) => {
    const there = installed[place];
    if (place === '' || entry.optional === true || entry.devOptional === true) return false;
    return there === undefined || there.version !== entry.version;
  });
  return differing.length === 0 ? undefined : `${differing.length} differ from package-lock.json`;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await installWhatIsMissing();

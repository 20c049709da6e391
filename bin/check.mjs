// npm run check: types, style, promises, layers, dead code, the lock file. Stops at the first that fails.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { captureProgram } from './child.mjs';
import { installWhatIsMissing, runNpm } from './install.mjs';
import { chooseNode, root } from './node.mjs';
import { seconds } from './progress.mjs';

const FOLDERS = ['src', 'jobs', 'config', 'migrations', 'test', 'bench', 'bin'];
const LAYERED = ['src', 'jobs', 'config', 'migrations'];

const checks = {
  Types: () => tool('typescript/bin/tsc', '-p', '.'),
  'Format and lint': () =>
    tool(
      '@biomejs/biome/bin/biome',
      'ci',
      '--colors=off',
      '--error-on-warnings',
      '--max-diagnostics=50',
      '.',
    ),
  'Promises and types in use': () =>
    tool('oxlint/bin/oxlint', '-c', '.oxlintrc.json', '--type-aware', '--deny-warnings', ...FOLDERS),
  Layers: checkLayers,
  'Dead code and dependencies': () => tool('knip/bin/knip.js', '--no-progress'),
  'Lock file': checkLockFile,
};

await installWhatIsMissing();
for (const [name, check] of Object.entries(checks)) {
  const from = performance.now();
  const complaint = await check();
  process.stdout.write(`${complaint === undefined ? '✔' : '✘'} ${name} (${seconds(from)})\n`);
  if (complaint !== undefined) {
    process.stderr.write(`\n${complaint.trimEnd()}\n\n${name}: see above.\n`);
    process.exit(1);
  }
}

/** Runs a tool of node_modules; gives its output when it complains. */
async function tool(file, ...args) {
  const { code, output } = await captureProgram(chooseNode(), [
    path.join(root, 'node_modules', file),
    ...args,
  ]);
  return code === 0 ? undefined : output;
}

// A cruiser that cannot read TypeScript sees nothing and finds nothing wrong, so what it saw is counted.
async function checkLayers() {
  const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = ['--config', 'config/dependency-cruiser.cjs'];
  const { code, output } = await captureProgram(chooseNode(), [cruiser, ...config, ...LAYERED]);
  if (code !== 0) return output;
  const seen = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
  const there = LAYERED.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true }).filter((file) => /(?<!\.d)\.ts$/.test(file)),
  ).length;
  return seen >= there
    ? undefined
    : `Only ${seen} of ${there} modules were read: the rules were not checked.\n${output}`;
}

// npm drops a platform's binary from the lock silently when it is not served, and `npm ci` then refuses.
async function checkLockFile() {
  const { output } = await runNpm(['ci', '--dry-run', '--ignore-scripts', '--no-audit', '--no-fund']);
  return output.includes('Missing:') || output.includes('npm error') ? output : undefined;
}

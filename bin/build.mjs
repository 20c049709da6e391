// Compiles src, jobs, config and migrations to dist, and the modules that browsers share with them, when what is there was built from something else.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { captureProgram } from './child.mjs';
import { installWhatIsMissing } from './install.mjs';
import { chooseNode, root } from './node.mjs';
import { step } from './progress.mjs';

const SOURCES = ['src', 'jobs', 'config', 'migrations', 'views/browser'];
const ALSO = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const stamp = path.join(root, 'dist', '.built-from');

/** Builds when the sources are not those that dist was built from. */
export async function buildWhatIsStale() {
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  await step('Building', async () => {
    // A migration that was renamed would run twice if its old output stayed.
    rmSync(path.join(root, 'dist'), { recursive: true, force: true });
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const { code, output } = await captureProgram(chooseNode(), [tsc, '-p', 'tsconfig.build.json']);
    if (code !== 0) throw new Error(`The build failed:\n${output}`);
    const bundled = await captureProgram(chooseNode(), [path.join(root, 'bin/bundle.mjs')]);
    if (bundled.code !== 0) throw new Error(`The modules for browsers failed:\n${bundled.output}`);
    writeFileSync(stamp, sources);
  });
}

function hashOfSources() {
  const hash = createHash('sha256');
  const inFolders = SOURCES.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts') || file.endsWith('.js'))
      .map((file) => path.join(folder, file)),
  );
  for (const file of [...inFolders, ...ALSO].toSorted((a, b) => (a < b ? -1 : 1)))
    hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await installWhatIsMissing();
  await buildWhatIsStale();
}

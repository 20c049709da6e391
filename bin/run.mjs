// Runs the program in one of its modes, installing and building first what is missing: node bin/run.mjs doctor
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWhatIsStale } from './build.mjs';
import { runProgram } from './child.mjs';
import { installWhatIsMissing } from './install.mjs';
import { chooseNode, root } from './node.mjs';

/** Runs a mode to its end; gives the exit code. The program ends by itself when we are killed. */
export async function runMode(mode, args = []) {
  try {
    await installWhatIsMissing();
    await buildWhatIsStale();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  const main = path.join(root, 'dist/src/main.js');
  return runProgram(chooseNode(), ['--enable-source-maps', main, mode, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await runMode(process.argv[2] ?? 'all', process.argv.slice(3));

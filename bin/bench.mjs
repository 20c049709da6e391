// npm run bench: how fast, beside a baseline measured in the same run. npm run bench -- list   only this one.
import path from 'node:path';
import { runProgram } from './child.mjs';
import { installWhatIsMissing } from './install.mjs';
import { chooseNode, root } from './node.mjs';

await installWhatIsMissing();
const node = chooseNode();
// Node 24 strips the types by itself, as the build does; tsx would add calls to every closure that is made.
const stripsTypes = node !== process.execPath || Number(process.versions.node.split('.')[0]) >= 24;
const main = path.join(root, 'bench', 'main.ts');
process.exitCode = await runProgram(
  node,
  [...(stripsTypes ? [] : ['--import', 'tsx']), main, ...process.argv.slice(2)],
  { env: { ...process.env, NODE_ENV: 'production' } },
);

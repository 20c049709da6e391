// Writes docs/access.md from the table of rights: node bin/access.mjs
import path from 'node:path';
import { runProgram } from './child.mjs';
import { installWhatIsMissing } from './install.mjs';
import { chooseNode, root } from './node.mjs';

await installWhatIsMissing();
const main = path.join(root, 'src', 'access-docs.ts');
process.exitCode = await runProgram(chooseNode(), ['--import', 'tsx', main]);

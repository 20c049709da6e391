// Puts the pages' modules that share code with the server into dist/browser. Runs after the compiler.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { browserEntries, bundle } from '../dist/src/platform/web/browser-modules.js';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, 'dist/browser');
mkdirSync(folder, { recursive: true });
for (const [name, content] of await bundle(browserEntries(root)))
  writeFileSync(path.join(folder, name), content);

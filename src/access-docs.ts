import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { access } from './access.ts';
import { matrixMarkdown, matrixOf } from './identity/index.ts';
import { loadCatalogue } from './platform/i18n/catalogue.ts';

/** What `docs/access.md` says: the table of rights in words. */
export function accessDocs(root: string): string {
  const t = loadCatalogue(path.join(root, 'config', 'locales')).translator('en');
  const stateLabel = (noun: string, state: string): string => t(`state.${noun}.buyer.${state}`);
  return matrixMarkdown(matrixOf(access), { t, stateLabel });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = path.join(import.meta.dirname, '..');
  writeFileSync(path.join(root, 'docs', 'access.md'), accessDocs(root));
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { serveBrowserModules } from './browser-modules.ts';

const require = createRequire(import.meta.url);
const packageFile = (name: string): string => require.resolve(name);
const YEAR_SECONDS = 31_536_000;

/**
 * Serves `views/assets`, the icon sprite and the few files of packages a page needs, for a year:
 * their address carries the version. No page loads anything from another host.
 */
export function serveAssets(folder: string): { handler: RequestHandler; version: string } {
  const router = Router();
  const forever = { maxAge: YEAR_SECONDS * 1000, immutable: true, index: false };
  const vendor: Readonly<Record<string, string>> = {
    'tabler.min.css': packageFile('@tabler/core/dist/css/tabler.min.css'),
    'tabler.min.js': packageFile('@tabler/core/dist/js/tabler.min.js'),
    // Its package names no file but its modules.
    'webauthn.min.js': path.join(
      packageFile('@simplewebauthn/browser'),
      '../../dist/bundle/index.umd.min.js',
    ),
    'htmx.min.js': packageFile('htmx.org/dist/htmx.min.js'),
  };
  for (const [name, file] of Object.entries(vendor))
    router.get(`/vendor/${name}`, (_req, res) => res.sendFile(file, { ...forever, dotfiles: 'allow' }));
  const sprite = iconSprite(path.join(folder, 'img', 'icons.txt'));
  router.get('/icons.svg', (_req, res) =>
    res.type('image/svg+xml').set('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`).send(sprite),
  );
  const modules = serveBrowserModules(path.join(folder, '../..'));
  router.use('/browser', modules.handler);
  router.use(express.static(folder, forever));
  return { handler: router, version: versionOf(folder, sprite + modules.version) };
}

/** One SVG with a symbol for each name in the list, from Tabler's outline icons. */
function iconSprite(listFile: string): string {
  const folder = path.dirname(packageFile('@tabler/icons/outline/x.svg'));
  const names = readFileSync(listFile, 'utf8')
    .split(/\s+/)
    .filter((name) => name !== '');
  const symbols = names.map((name) => {
    const svg = readFileSync(path.join(folder, `${name}.svg`), 'utf8');
    const inner = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

function versionOf(folder: string, sprite: string): string {
  const hash = createHash('sha256').update(sprite);
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (file.isFile()) hash.update(readFileSync(path.join(file.parentPath, file.name)));
  return hash.digest('hex').slice(0, 10);
}

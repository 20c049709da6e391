import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';

/** Where the bundles of a built program lie; a program that runs from its sources has none. */
const BUILT = path.join(import.meta.dirname, '../../../browser');
const isBuilt = import.meta.filename.endsWith('.js') && existsSync(BUILT);

/** Each file of `views/browser` that a page loads; its folder `shared` holds what these have in common. */
export const browserEntries = (root: string): string[] =>
  readdirSync(path.join(root, 'views/browser'))
    .filter((file) => file.endsWith('.js'))
    .map((file) => path.join(root, 'views/browser', file));

/**
 * Makes of these entries one file each, with everything they import from the server's own sources and from packages: the
 * code that seals in a browser is the code that seals here. No page loads anything else, so the policy stays `'self'`.
 */
export async function bundle(entries: readonly string[]): Promise<Map<string, Uint8Array>> {
  // For building only: an installed program comes with its bundles.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [...entries],
    bundle: true,
    format: 'esm',
    target: ['es2022'],
    minify: true,
    legalComments: 'eof',
    outdir: '/',
    write: false,
    logLevel: 'silent',
  });
  return new Map(outputFiles.map((file) => [path.basename(file.path), file.contents]));
}

/** Serves the bundles: those of the build, or made at the first request where the program runs from its sources. */
export function serveBrowserModules(root: string): { handler: RequestHandler; version: string } {
  if (isBuilt) {
    const built = new Map(readdirSync(BUILT).map((name) => [name, readFileSync(path.join(BUILT, name))]));
    const hash = createHash('sha256');
    for (const [name, content] of built) hash.update(name).update(content);
    return { handler: send(async (name) => built.get(name), 31_536_000), version: hash.digest('hex') };
  }
  const made = new Map<string, Promise<Uint8Array | undefined>>();
  const make = async (name: string): Promise<Uint8Array | undefined> => {
    const entry = browserEntries(root).find((file) => path.basename(file) === name);
    return entry === undefined ? undefined : (await bundle([entry])).get(name);
  };
  const find = (name: string): Promise<Uint8Array | undefined> => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
  return { handler: send(find, 0), version: '' };
}

const send =
  (find: (name: string) => Promise<Uint8Array | undefined>, maxAgeSeconds: number): RequestHandler =>
  async (req, res, next) => {
    const content = await find(path.basename(req.path));
    if (content === undefined) return next();
    res
      .type('text/javascript')
      .set('Cache-Control', maxAgeSeconds === 0 ? 'no-cache' : `public, max-age=${maxAgeSeconds}, immutable`)
      .send(Buffer.from(content));
  };

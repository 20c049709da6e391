import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { makeMemory } from './memory.ts';

export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];
export type Params = Readonly<Record<string, string | number | boolean | null | undefined>>;
/** Gives the message of a key in one language; ICU placeholders and plurals from `params`. */
export type Translate = (key: string, params?: Params) => string;

export type Catalogue = {
  readonly keys: (locale: Locale) => readonly string[];
  has(locale: Locale, key: string): boolean;
  /** Has the key a text that needs nothing filled in? */
  isPlain(locale: Locale, key: string): boolean;
  /** The texts under these names as they are written, with their placeholders, for a page that fills them in itself. */
  textsUnder(locale: Locale, names: readonly string[]): Readonly<Record<string, string>>;
  /** @throws Error for a key that no catalogue has: a page that would show a key is a bug. */
  translator(locale: Locale): Translate;
};

/**
 * Reads every JSON file of `<folder>/<locale>/`. A file holds nested objects; a key is the way to its text,
 * `bid.state.supplier.submitted`. Two files may not give the same key.
 */
export function loadCatalogue(folder: string): Catalogue {
  const texts = Object.fromEntries(locales.map((l) => [l, readFolder(path.join(folder, l))]));
  const compiled = new Map<string, IntlMessageFormat>();
  // A page says `2 lines` fifty times, and each takes ICU longer than the rest of its row.
  const written = makeMemory<string>();
  const textsOf = (locale: Locale): ReadonlyMap<string, string> =>
    texts[locale] as ReadonlyMap<string, string>;
  return {
    keys: (locale) => [...textsOf(locale).keys()],
    has: (locale, key) => textsOf(locale).has(key),
    isPlain: (locale, key) => textsOf(locale).get(key)?.includes('{') === false,
    textsUnder: (locale, names) =>
      Object.fromEntries(
        [...textsOf(locale)].filter(([key]) =>
          names.some((name) => key === name || key.startsWith(`${name}.`)),
        ),
      ),
    translator: (locale) => (key, params) => {
      const text = textsOf(locale).get(key);
      if (text === undefined) throw new Error(`No text for ${key} in ${locale}`);
      if (!text.includes('{')) return text;
      const id = `${locale} ${key}`;
      return written(`${id} ${JSON.stringify(params)}`, () => {
        let format = compiled.get(id);
        if (format === undefined) {
          format = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true });
          compiled.set(id, format);
        }
        return withOneStop(String(format.format(params)), text, params);
      });
    },
  };
}

/** A name that ends in a full stop ends its sentence: `… of Harbour Works Co., Ltd.`, and no second stop. */
function withOneStop(written: string, text: string, params: Params = {}): string {
  const stopped = [...text.matchAll(/\{(\w+)\}\.(?=\s|$)/g)]
    .map(([, name = '']) => params[name])
    .filter((value) => typeof value === 'string' && value.endsWith('.'));
  return stopped.reduce<string>((so, value) => so.replaceAll(`${String(value)}.`, String(value)), written);
}

function readFolder(folder: string): Map<string, string> {
  const all = new Map<string, string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')))
    flatten(JSON.parse(readFileSync(path.join(folder, file), 'utf8')), '', (key, text) => {
      if (all.has(key)) throw new Error(`${folder}/${file}: ${key} is given twice`);
      all.set(key, text);
    });
  return all;
}

function flatten(node: unknown, at: string, take: (key: string, text: string) => void): void {
  if (typeof node === 'string') take(at, node);
  else
    for (const [name, child] of Object.entries(node as object))
      flatten(child, at === '' ? name : `${at}.${name}`, take);
}

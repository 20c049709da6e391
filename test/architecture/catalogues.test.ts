import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { IntlMessageFormat } from 'intl-messageformat';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';
import { filesBelow, root } from './files.ts';

/** The makers of expected errors, whose first argument is a key of the catalogues below `errors`. */
const THROWN = /\b(?:ruleBroken|invalid|conflict|forbidden)\(\s*'([^']+)'/g;
const NEW_ERROR = /new AppError\(\s*'[a-z-]+',\s*'([^']+)'/g;

describe('the catalogues', () => {
  const catalogue = loadCatalogue(path.join(root, 'config/locales'));

  it('have the same texts in both languages', () => {
    expect(catalogue.keys('zh-CN').toSorted()).to.deep.equal(catalogue.keys('en').toSorted());
  });

  it('use the same placeholders in both languages, so that no sentence loses its number', () => {
    const [en, zh] = [catalogueTexts('en'), catalogueTexts('zh-CN')];
    const different = [...en].filter(([key, text]) => placeholders(text) !== placeholders(zh.get(key) ?? ''));
    expect(different.map(([key]) => key)).to.deep.equal([]);
  });

  it('say every error that the code can raise', () => {
    const codes = filesBelow('src', '.ts').flatMap((file) => codesIn(readFileSync(file, 'utf8')));
    expect(codes).to.have.lengthOf.above(10);
    const silent = [...new Set(codes)].filter((code) => !catalogue.has('en', `errors.${code}`));
    expect(silent).to.deep.equal([]);
  });

  it('are complete in Chinese where the English says something in words', () => {
    const chinese = catalogueTexts('zh-CN');
    const untranslated = [...catalogueTexts('en')].filter(
      ([key, text]) =>
        chinese.get(key) === text && /[a-z]{4,}.* [a-z]{3,}/i.test(text.replace(/\{[^}]*\}/g, '')),
    );
    expect(untranslated.map(([key]) => key)).to.deep.equal([]);
  });
});

const codesIn = (source: string): string[] =>
  [...source.matchAll(THROWN), ...source.matchAll(NEW_ERROR)].map((match) => match[1] as string);

function catalogueTexts(locale: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const file of filesBelow(`config/locales/${locale}`, '.json'))
    collect(JSON.parse(readFileSync(file, 'utf8')), '', texts);
  return texts;
}

function collect(node: unknown, at: string, into: Map<string, string>): void {
  if (typeof node === 'string') into.set(at, node);
  else
    for (const [name, child] of Object.entries(node as object))
      collect(child, at === '' ? name : `${at}.${name}`, into);
}

/** The names a text asks for, each once, as the message format itself reads them. */
const placeholders = (text: string): string =>
  [...new Set(namesIn(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst()))]
    .toSorted()
    .join();

type MessageNode = ReturnType<IntlMessageFormat['getAst']>[number];

// Kinds of node that carry no name: plain text, the # of a plural, a tag.
const NAMELESS: readonly number[] = [0, 7, 8];

function namesIn(nodes: readonly MessageNode[]): string[] {
  return nodes.flatMap((node) => {
    if (NAMELESS.includes(node.type) || !('value' in node)) return [];
    const branches =
      'options' in node ? Object.values(node.options).flatMap((branch) => namesIn(branch.value)) : [];
    return [node.value, ...branches];
  });
}

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { filesBelow } from './files.ts';

const HOLDS = /FOR (NO KEY )?UPDATE|FOR SHARE|pg_advisory_xact_lock/;

/** A file's top-level declarations by name, each with its text. */
function declarationsOf(source: string): Map<string, string> {
  const starts = [...source.matchAll(/^(?:export )?(?:const|(?:async )?function) (\w+)/gm)];
  return new Map(
    starts.map((start, n) => [
      start[1] ?? '',
      source.slice(start.index, starts[n + 1]?.index ?? source.length),
    ]),
  );
}

/** The text of a declaration together with what it names of its own file. */
function wholeText(name: string, all: ReadonlyMap<string, string>, seen = new Set<string>()): string {
  const text = all.get(name);
  if (text === undefined || seen.has(name)) return '';
  seen.add(name);
  const named = [...text.matchAll(/\w+/g)].map(([word]) => word);
  return [text, ...named.map((word) => wholeText(word, all, seen))].join('\n');
}

/** What says that it locks, and holds nothing. */
const holdingNothing = (source: string): string[] => {
  const all = declarationsOf(source);
  return [...all.keys()].filter((name) => /^lock([A-Z]|$)/.test(name) && !HOLDS.test(wholeText(name, all)));
};

describe('what says that it locks', () => {
  const stores = filesBelow('src', '.store.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));

  it('is found: the stores have dozens', () => {
    const count = stores.flatMap(({ text }) =>
      [...declarationsOf(text).keys()].filter((name) => name.startsWith('lock')),
    );
    expect(count.length).to.be.greaterThan(45);
  });

  it('holds the row in each store, by itself or by what it calls', () => {
    const faults = stores.flatMap(({ file, text }) => holdingNothing(text).map((name) => `${file} ${name}`));
    expect(faults).to.deep.equal([]);
  });

  it('is named when its lock is taken out', () => {
    const [invoices] = stores.filter(({ file }) => file.endsWith('invoices/invoice.store.ts'));
    const planted = invoices?.text.replace(' FOR UPDATE OF invoice', '') ?? '';
    expect(planted).not.to.equal(invoices?.text);
    expect(holdingNothing(planted)).to.deep.equal(['lockById']);
    const indirect = "const read = (how) => 'SELECT 1' + how;\nexport const lockById = () => read('');\n";
    expect(holdingNothing(indirect)).to.deep.equal(['lockById']);
    expect(holdingNothing(indirect.replace("read('')", "read(' FOR UPDATE')"))).to.deep.equal([]);
  });
});

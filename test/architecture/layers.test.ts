import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

const root = path.join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const layers = require('../../config/layers.cjs') as string[];
const { forbidden } = require('../../config/dependency-cruiser.cjs') as { forbidden: { name: string }[] };

/** A file with one forbidden import, and the rule that must say so. */
type Fault = { readonly rule: string; readonly file: string; readonly imports: string };

// The last folder may import every other: only a folder that nobody placed stands after it.
const upwards: Fault[] = layers.map((name, place) => ({
  rule: `${name}-imports-only-what-stands-before-it`,
  file: `src/${name}/upwards.service.ts`,
  imports: `src/${layers[place + 1] ?? 'unplaced'}/index.ts`,
}));

const faults: readonly Fault[] = [
  ...upwards,
  { rule: 'no-folder-outside-the-order', file: 'src/app.ts', imports: 'src/unplaced/index.ts' },
  { rule: 'no-cycles', file: 'src/orders/circle.service.ts', imports: 'src/orders/round.service.ts' },
  {
    rule: 'through-the-front-door',
    file: 'src/bids/sly.service.ts',
    imports: 'src/sourcing/sourcing.store.ts',
  },
  { rule: 'jobs-use-the-front-door', file: 'jobs/sly.ts', imports: 'src/orders/orders.service.ts' },
  {
    rule: 'seeds-use-the-front-door',
    file: 'migrations/seeds/sly.ts',
    imports: 'src/orders/purchase-order.store.ts',
  },
  { rule: 'src-stands-alone', file: 'src/orders/settled.service.ts', imports: 'config/policies.ts' },
  { rule: 'nothing-knows-the-tests', file: 'src/orders/tested.service.ts', imports: 'test/support/world.ts' },
  { rule: 'config-knows-only-words', file: 'config/clever.ts', imports: 'src/orders/index.ts' },
  { rule: 'migrations-stand-alone', file: 'migrations/20260101000000_x.ts', imports: 'src/kernel/money.ts' },
  { rule: 'rules-are-pure', file: 'src/orders/order.ts', imports: 'src/orders/order.store.ts' },
  { rule: 'rules-are-pure', file: 'src/orders/line.ts', imports: 'src/platform/db/transaction.ts' },
  { rule: 'rules-are-pure', file: 'src/orders/terms.ts', imports: 'pg' },
  { rule: 'routes-do-not-write', file: 'src/orders/orders.routes.ts', imports: 'src/orders/order.store.ts' },
  { rule: 'stores-stay-below', file: 'src/orders/low.store.ts', imports: 'src/orders/orders.service.ts' },
];

describe('the order of the folders', function () {
  this.timeout(60_000);
  let tree: string;

  beforeEach(() => {
    tree = mkdtempSync(path.join(tmpdir(), 'portico-layers-'));
    symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  });
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  it('has a planted fault for each rule, and each rule finds its own', async () => {
    for (const fault of faults) plant(tree, fault);
    plant(tree, { file: 'src/orders/round.service.ts', imports: 'src/orders/circle.service.ts' });
    const found = await cruise(tree);
    const missed = faults.filter(
      ({ rule, file }) => !found.some((one) => one.rule === rule && one.from === file),
    );
    expect(missed).to.deep.equal([]);
    expect(forbidden.map(({ name }) => name)).to.have.members([...new Set(faults.map(({ rule }) => rule))]);
  });

  it('finds a fault that is only in types', async () => {
    write(tree, 'src/orders/index.ts', `export type Order = { id: string };\n`);
    write(
      tree,
      'src/bids/typed.service.ts',
      `import type { Order } from '../orders/index.ts';\nexport type X = Order;\n`,
    );
    expect((await cruise(tree)).map(({ rule }) => rule)).to.include(
      'bids-imports-only-what-stands-before-it',
    );
  });

  it('lets pass what goes down the order and through front doors', async () => {
    const allowed = [
      ['src/orders/orders.routes.ts', 'src/orders/orders.service.ts'],
      ['src/orders/orders.service.ts', 'src/orders/order.store.ts'],
      ['src/orders/order.store.ts', 'src/orders/order.ts'],
      ['src/orders/order.ts', 'src/kernel/money.ts'],
      ['src/invoices/invoices.service.ts', 'src/orders/index.ts'],
      ['jobs/orders/on-award.ts', 'src/orders/index.ts'],
      ['src/app.ts', 'config/policies.ts'],
      ['test/orders/order.test.ts', 'src/orders/order.ts'],
    ] as const;
    for (const [file, imports] of allowed) plant(tree, { file, imports });
    expect(await cruise(tree)).to.deep.equal([]);
  });
});

function plant(tree: string, { file, imports }: Pick<Fault, 'file' | 'imports'>): void {
  const isPackage = !imports.includes('/');
  const target = isPackage ? imports : path.relative(path.dirname(file), imports);
  if (!isPackage) write(tree, imports, '');
  write(tree, file, `import '${target.startsWith('.') || isPackage ? target : `./${target}`}';\n`);
}

/** Adds to the file: one file may be planted with an import and be the target of another. */
function write(tree: string, file: string, text: string): void {
  const full = path.join(tree, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text === '' ? 'export {};\n' : text, { flag: 'a' });
}

function cruise(tree: string): Promise<{ rule: string; from: string }[]> {
  const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = path.join(root, 'config/dependency-cruiser.cjs');
  const folders = ['src', 'jobs', 'config', 'migrations'];
  for (const folder of folders) mkdirSync(path.join(tree, folder), { recursive: true });
  const report = path.join(tree, 'report.json');
  const args = [cruiser, '--config', config, '--output-type', 'json', '--output-to', report, ...folders];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: tree }, (_exit, _out, problem) => {
      if (problem !== '') return reject(new Error(problem));
      const { summary } = JSON.parse(readFileSync(report, 'utf8')) as {
        summary: { violations: { rule: { name: string }; from: string }[] };
      };
      resolve(summary.violations.map(({ rule, from }) => ({ rule: rule.name, from })));
    });
  });
}

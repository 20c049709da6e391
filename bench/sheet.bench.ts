import { rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import ExcelJS from '@protobi/exceljs';
import { readBidSheet, readUpload, writeBidSheet } from '../src/bids/bids.sheet.ts';
import { getDraft, saveDraft } from '../src/bids/index.ts';
import { loadCatalogue } from '../src/platform/i18n/catalogue.ts';
import { draftBid } from '../test/support/factories/bids.ts';
import type { World } from '../test/support/world.ts';
import { fillSheetEvent, LINES_OF_A_SHEET } from './data.ts';
import { compare } from './measure.ts';
import type { Bench } from './report.ts';
import { actorNamed } from './stage.ts';

const WANTED_SECONDS = 30;

/** A bid of 2,000 lines by spreadsheet: written, filled in, read and checked cell by cell, taken over into the draft. */
export const sheet: Bench = async (cluster, report) => {
  const stage = await cluster.stage('sheet', (fresh) => fillSheetEvent(fresh.db));
  const name = await stage.db('user_account').where({ kind: 'supplier' }).pluck<string[]>('name');
  const actor = await actorNamed(stage, name[0] ?? '');
  const world: Pick<World, 'runInTx'> = { runInTx: (who, work) => stage.house.runInTx({ actor: who }, work) };
  const { id: eventId } = await stage.db('sourcing_event').first('id');
  const { bidId } = await draftBid(world, { supplier: { actor }, eventId, items: [], prices: [] });
  const file = path.join(stage.settings.data, 'filled.xlsx');
  const catalogue = loadCatalogue(path.join(stage.settings.root, 'config/locales'));
  const draft = () => stage.house.runInTx({ actor }, (ctx) => getDraft(ctx, bidId));
  const once = async (): Promise<{ outMs: number; backMs: number }> => {
    const from = performance.now();
    const page = await draft();
    const written = await writeBidSheet(catalogue, { locale: 'en', timeZone: 'UTC' }, page, new Date());
    const out = performance.now();
    writeFileSync(file, await fill(written));
    const back = performance.now();
    const read = await readUpload(file, 5 * 1024 * 1024);
    if (read instanceof Error) throw read;
    const { changes, errors } = readBidSheet(catalogue, read, { page, locale: 'en' });
    if (changes.length !== LINES_OF_A_SHEET || errors.length > 0)
      throw new Error('The sheet did not come back whole');
    const lines = Object.fromEntries(
      changes.map((change) => [
        change.eventItemId,
        Object.fromEntries(
          change.fields.flatMap(({ field, after }) => (after === null ? [] : [[field, after]])),
        ),
      ]),
    );
    await stage.house.runInTx({ actor }, (ctx) => saveDraft(ctx, { bidId, revision: page.revision, lines }));
    return { outMs: out - from, backMs: performance.now() - back };
  };
  const seen: { outMs: number; backMs: number }[] = [];
  const run = async () => {
    const times = await once();
    seen.push(times);
    return { perSecond: 1000 / (times.outMs + times.backMs) };
  };
  const compared = await compare({ name: 'portal', run }, { name: 'exceljs', run: () => plain(file) }, 3);
  const slowest = Math.max(...seen.map((one) => one.backMs)) / 1000;
  report({
    title: `A bid of ${LINES_OF_A_SHEET} lines by spreadsheet`,
    data: `one draft; every price changed each time; load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
    oursIs: 'written with locks and drop-downs; read in its worker, checked cell by cell, compared and saved',
    baselineIs: 'the library alone: the same filled file loaded and written again, nothing checked',
    compared,
    notes: [
      `out ${seen.map((one) => (one.outMs / 1000).toFixed(1)).join(', ')} s; back ${seen.map((one) => (one.backMs / 1000).toFixed(1)).join(', ')} s, slowest ${slowest.toFixed(1)} s (wanted: under ${WANTED_SECONDS})`,
    ],
  });
  rmSync(file);
};

let round = 0;

/** What a person does in between: a price in every line. */
async function fill(written: Buffer): Promise<Buffer> {
  round += 1;
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(written as never);
  const [lines] = book.worksheets;
  if (lines === undefined) throw new Error('There is no sheet');
  let price = 0;
  lines.eachRow((row) => {
    const heading = row.getCell(8).text.startsWith('Unit price |');
    if (heading) price = 8;
    else if (price > 0) row.getCell(price).value = row.number + round / 100;
  });
  return Buffer.from(await book.xlsx.writeBuffer());
}

async function plain(file: string): Promise<{ perSecond: number }> {
  const from = performance.now();
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  await book.xlsx.writeBuffer();
  return { perSecond: 1000 / (performance.now() - from) };
}

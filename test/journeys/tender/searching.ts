import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import type { Test } from 'supertest';
import { makeApp } from '../../../src/app.ts';
import type { Actor } from '../../../src/kernel/actor.ts';
import { drawParagraph } from '../../../src/platform/pdf/blocks.ts';
import { makePdf } from '../../../src/platform/pdf/pdf.ts';
import { crashesOnly } from '../../support/log.ts';
import { readableIn } from '../../support/readable.ts';
import type { World } from '../../support/world.ts';
import { figuresOf } from './prices.ts';
import { BIDDERS, type BidderKey, type Seat, type Tender, TITLE } from './stage.ts';

/** A figure that lies everywhere, put there by this search itself: what finds nothing has to find this. */
const CONTROL = '73.915286';

/** As it may stand in bytes that are written in hex or base64, at whatever place it begins. */
function tracesOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
      .toString('base64')
      .slice(Math.ceil((offset * 8) / 6), -4),
  );
  // Bytes come as hex out of the database, also those of a text that is base64.
  const inHex = [secret, ...base64].map((text) => Buffer.from(text).toString('hex'));
  return [secret, ...base64, ...inHex];
}

/** In words, and in bytes that are written in hex or base64. */
const foundCoded = (text: string, secrets: readonly string[]): string[] =>
  secrets.filter((secret) => tracesOf(secret).some((trace) => text.includes(trace)));

const found = (text: string, secrets: readonly string[]): string[] =>
  secrets.filter((secret) => text.includes(secret));

/** Every column of every row of every table, those of the queues too, as text. */
async function dumpOf({ db }: World): Promise<string> {
  const { rows } = await db.raw(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const lines: string[] = [];
  for (const { schema, name } of rows) {
    const table = await db.raw(`SELECT "all"::text AS line FROM "${schema}"."${name}" AS "all"`);
    lines.push(...table.rows.map((row: { line: string }) => row.line));
  }
  return lines.join('\n');
}

async function filesUnder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(async (file) => readableIn(await readFile(path.join(file.parentPath, file.name)))),
  );
  return texts.join('\n');
}

/** The addresses that this tender has a page, a list or a file at. */
async function addressesOf(j: Tender): Promise<string[]> {
  const { world, origin } = j.opened;
  const { routes } = makeApp(world.house, {
    origin,
    trustProxy: 0,
    readNow: () => world.now(),
    log: crashesOnly,
  });
  const bidIds: string[] = await world.db('bid').where({ event_id: j.eventId }).pluck('id');
  const [amendmentId] = await world.db('amendment').pluck('id');
  const paths = routes
    .filter(({ method, permission }) => method === 'get' && permission !== 'anyone')
    .map((route) => route.path.replace(':eventId', j.eventId).replace(':amendmentId', amendmentId));
  const ofBids = paths.filter((one) => one.includes(':bidId'));
  return [
    ...paths.filter((one) => !/[:*{]/.test(one) && !one.startsWith('/sign-in')),
    ...bidIds.flatMap((bidId) =>
      ofBids.map((one) => one.replace(':bidId', bidId)).filter((one) => !one.includes(':')),
    ),
  ];
}

/** All that somebody gets at these addresses, what is packed in files unpacked. */
async function shownTo(world: World, actor: Actor, addresses: readonly string[]): Promise<string> {
  const visitor = await world.as(actor);
  const texts: string[] = [];
  for (const address of addresses) {
    const answer = await visitor.get(address).buffer(true).parse(asBytes);
    if (answer.status === 200) texts.push(await readableIn(answer.body));
  }
  return texts.join('\n');
}

const asBytes: Parameters<Test['parse']>[0] = (answer, done) => {
  const parts: Buffer[] = [];
  answer.on('data', (part: Buffer) => parts.push(part));
  answer.on('end', () => done(null, Buffer.concat(parts)));
};

/** Puts the control into every place that is searched. */
async function plantControl(j: Tender): Promise<void> {
  const { world } = j.opened;
  await world.db.raw(`CREATE TABLE planted (said text, bytes bytea, coded text, numbered numeric)`);
  const bytes = Buffer.from(`x${CONTROL}`);
  await world
    .db('planted')
    .insert([
      { said: `in words ${CONTROL}` },
      { bytes },
      { coded: bytes.toString('base64') },
      { bytes: Buffer.from(bytes.toString('base64')) },
      { numbered: CONTROL },
    ]);
  j.log.info({ control: CONTROL }, 'planted');
  const put = (file: Buffer) => world.runInTx(j.buyer.actor, (ctx) => ctx.storage.put(file));
  const book = new ExcelJS.Workbook();
  book.addWorksheet('Planted').addRow([`packed ${CONTROL}`]);
  await put(Buffer.from(await book.xlsx.writeBuffer()));
  const settings = {
    title: '',
    lang: 'en',
    author: '',
    createdAt: world.now(),
    runningTitle: '',
    footer: '',
  };
  const draw = (pdf: Parameters<typeof drawParagraph>[0]) => drawParagraph(pdf, `drawn ${CONTROL}`);
  await put(await makePdf({ ...settings, pageLabel: () => '' }, draw));
}

/**
 * No price is anywhere before its opening: in no table, log, mail, file or page, but on those of its own bidder. Each
 * place is searched for the control as well, so that a search that sees nothing is found out.
 */
export async function expectNoPriceAnywhere(j: Tender): Promise<void> {
  const { world } = j.opened;
  const all = BIDDERS.flatMap(figuresOf);
  await plantControl(j);
  const dump = await dumpOf(world);
  const lines = dump.split('\n').filter((line) => foundCoded(line, [CONTROL]).length > 0);
  expect(lines, 'the control in the database, in each of its forms').to.have.length(5);
  expect(foundCoded(dump, all), 'prices in the database').to.deep.equal([]);
  const logged = j.logged.join('\n');
  expect(found(logged, [CONTROL]), 'the control in the log').to.have.length(1);
  expect(logged, 'requests in the log').to.include('/bids/');
  expect(found(logged, all), 'prices in the log').to.deep.equal([]);
  const mails = JSON.stringify(world.mails);
  expect(mails).to.include(TITLE);
  expect(found(mails, all), 'prices in mails').to.deep.equal([]);
  const files = await filesUnder(world.house.folders.data);
  expect(files, 'the control in a workbook and in a PDF')
    .to.include(`packed ${CONTROL}`)
    .and.to.include(`drawn ${CONTROL}`);
  expect(foundCoded(files, all), 'prices in files').to.deep.equal([]);
  await world.db.raw('DROP TABLE planted');

  const addresses = await addressesOf(j);
  const administrator = { actor: await world.staff('administrator') };
  const auditor = { actor: await world.staff('auditor') };
  const ofHouse = {
    buyer: j.buyer,
    opener: j.openers[0],
    chair: j.chair,
    administrator,
    auditor,
  };
  for (const [name, { actor }] of Object.entries<Pick<Seat, 'actor'>>(ofHouse)) {
    const shown = await shownTo(world, actor, addresses);
    expect(found(shown, all), `prices shown to the ${name}`).to.deep.equal([]);
    expect(shown, name).to.include(
      name === 'buyer' || name === 'opener' || name === 'auditor' ? TITLE : actor.name,
    );
  }
  const shown = await shownTo(world, j.bidders.second.actor, addresses);
  const others = BIDDERS.filter((other) => other !== 'second').flatMap(figuresOf);
  expect(found(shown, others), 'prices of others shown to a bidder').to.deep.equal([]);
  expect(shown).to.include(TITLE);
  // What the server can read of a bid its own bidder finds again: the search would see a price on a page.
  const own = found(shown, figuresOf('second'));
  if (j.level === 'on_arrival') expect(own).not.to.deep.equal([]);
  else expect(own, 'its own, which the server cannot read').to.deep.equal([]);
}

/** Without what a narrow column broke. */
export const inOnePiece = (text: string): string => text.replaceAll(/\s/g, '');

/** The figures of the others that a text holds. */
export const pricesOfOthers = (text: string, key: BidderKey): string[] =>
  found(inOnePiece(text), BIDDERS.filter((other) => other !== key).flatMap(figuresOf));

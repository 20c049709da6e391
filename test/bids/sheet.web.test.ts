import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import type { Test } from 'supertest';
import { getDraft } from '../../src/bids/index.ts';
import { draftBid } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const asBuffer: Parameters<Test['parse']>[0] = (res, done) => {
  const chunks: Buffer[] = [];
  res.on('data', (chunk: Buffer) => chunks.push(chunk));
  res.on('end', () => done(null, Buffer.concat(chunks)));
};
const [LINE_NO, NO_BID, PRICE, DAYS, UNIT, LINE_ID, SHEET_KEY] = [1, 7, 8, 9, 11, 14, 15] as const;

describe('bidding by spreadsheet', () => {
  let world: World;
  let event: PublishedEvent;
  let visitor: Visitor;
  let bidId: string;
  let revision: number;
  before(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    const [supplier] = event.suppliers as [PublishedEvent['suppliers'][number]];
    visitor = await world.as(supplier.actor);
    ({ bidId, revision } = await draftBid(world, { supplier, ...event, prices: ['2.40'] }));
  });
  after(() => world.close());

  const download = async (): Promise<ExcelJS.Workbook> => {
    const answer = await visitor.get(`/bids/${bidId}/sheet.xlsx`).buffer(true).parse(asBuffer).expect(200);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(answer.body as never);
    return book;
  };
  const sheetOf = (book: ExcelJS.Workbook): ExcelJS.Worksheet => book.worksheets[0] as ExcelJS.Worksheet;
  /** The row of the headings; the lines follow below it. */
  const headingRow = (sheet: ExcelJS.Worksheet): number => {
    for (let row = 1; row < 20; row += 1) if (sheet.getCell(row, 1).value === 'Line') return row;
    throw new Error('no headings');
  };
  const upload = async (book: ExcelJS.Workbook) =>
    visitor.upload(
      `/bids/${bidId}/sheet`,
      {},
      { sheet: ['filled.xlsx', Buffer.from(await book.xlsx.writeBuffer())] },
    );
  const fill = async (prices: (number | string | null)[]): Promise<ExcelJS.Workbook> => {
    const book = await download();
    const sheet = sheetOf(book);
    const first = headingRow(sheet) + 1;
    for (const [index, price] of prices.entries()) sheet.getCell(first + index, PRICE).value = price;
    return book;
  };

  it('gives a workbook with the lines locked, prices open, and the draft’s prices in it', async () => {
    const sheet = sheetOf(await download());
    const first = headingRow(sheet) + 1;
    expect(sheet.getCell(first, 3).value).to.equal('Bracket A, 6061-T6');
    expect(sheet.getCell(first, PRICE).value).to.equal(2.4);
    expect(sheet.getCell(first, PRICE).protection.locked).to.equal(false);
    expect(sheet.getCell(first, 4).protection?.locked).not.to.equal(false);
    expect(sheet.getCell(first, PRICE).dataValidation.type).to.equal('decimal');
    expect(sheet.getCell(first, NO_BID).dataValidation.type).to.equal('list');
    expect(sheet.getColumn(LINE_ID).hidden).to.equal(true);
    expect(sheet.getColumn(SHEET_KEY).hidden).to.equal(true);
    expect(sheet.getCell(2, 1).value).to.match(/USD/);
  });

  it('shows what would change, takes nothing over until it is told to, and clears what was emptied', async () => {
    const answer = await upload(await fill([null, 11.5, 0.1]));
    expect(answer.status).to.equal(200);
    expect(answer.text).to.include('3 lines will change').and.to.include('<strong>11.5</strong>');
    expect((await world.db('bid_draft').first()).revision).to.equal(revision);
    const form = Object.fromEntries(
      [
        ...answer.text.matchAll(
          /<input type="hidden" name="((?:lines|revision|note)[^"]*)" value="([^"]*)"/g,
        ),
      ].map(([, name, value]) => [name as string, value as string]),
    );
    await visitor.post(`/bids/${bidId}/draft`, form).expect(303);
    const page = await visitor.get(`/bids/${bidId}/submission`).expect(200, /660\.00 USD/);
    expect(page.text).to.include('2 of 3 lines have a price');
  });

  it('takes a unit of the bidder’s own with what one of it is, and names what it cannot read', async () => {
    const book = await fill([30]);
    const sheet = sheetOf(book);
    const first = headingRow(sheet) + 1;
    expect(sheet.getCell(first - 1, UNIT).value).to.equal('Your unit, if another');
    for (const [at, typed] of ['箱', '1/12', 'catalogue'].entries())
      sheet.getCell(first, UNIT + at).value = typed;
    const answer = await upload(book);
    expect(answer.status).to.equal(200);
    expect(answer.text).to.match(/name="lines\[[^\]]+\]\[unitsPer\]" value="1\/12"/);
    sheet.getCell(first, UNIT).value = 'heap';
    sheet.getCell(first, UNIT + 1).value = 'twelve';
    const wrong = await upload(book);
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('bid.unit-unknown').and.to.include('bid.units-per-not-a-number');
  });

  const cells: [string, (number | string | null)[], string][] = [
    ['a price below zero', [-1], 'sheet.number-too-small'],
    ['a word', ['on request'], 'sheet.not-a-number'],
    ['a number that reads two ways', ['1.234,50'], 'sheet.ambiguous-number'],
  ];
  for (const [what, prices, code] of cells)
    it(`names the cell of ${what}, and takes nothing over`, async () => {
      const before = await world.db('bid_draft').first();
      const book = await fill(prices);
      const answer = await upload(book);
      expect(answer.status).to.equal(422);
      expect(answer.text)
        .to.include(`data-code="${code}"`)
        .and.to.include(`H${headingRow(sheetOf(book)) + 1}`);
      expect(await world.db('bid_draft').first()).to.deep.equal(before);
    });

  it('refuses rows that are not of this event, and rows that are there twice', async () => {
    const book = await fill([1]);
    const sheet = sheetOf(book);
    const first = headingRow(sheet) + 1;
    sheet.getCell(first + 1, LINE_ID).value = sheet.getCell(first, LINE_ID).value;
    sheet.getCell(first + 2, LINE_ID).value = '0195e0a0-0000-7000-8000-00000000abcd';
    const answer = await upload(book);
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('bid_sheet.line-twice').and.to.include('bid_sheet.unknown-line');
  });

  it('refuses what is no spreadsheet, and asks for a file where none was chosen', async () => {
    const answer = await visitor.upload(
      `/bids/${bidId}/sheet`,
      {},
      { sheet: ['a.xlsx', Buffer.from('PK\u0003\u0004 broken')] },
    );
    expect(answer.status).to.equal(422);
    expect(answer.text).to.match(/data-code="sheet\.(damaged|not-a-spreadsheet)"/);
    const nothing = await visitor.upload(`/bids/${bidId}/sheet`, { other: 'x' }, {});
    expect(nothing.status).to.equal(422);
    expect(nothing.text).to.include('bid.no-file-chosen');
  });

  it('explains itself in both languages on a sheet of its own', async () => {
    const guide = (await download()).worksheets.find((one) => one.name.includes('Instructions'));
    const text = JSON.stringify(guide?.getSheetValues());
    expect(text).to.include('Fill in the yellow columns only').and.to.include('只填写黄色列');
  });

  const lineFields = (html: string): Record<string, string> =>
    Object.fromEntries(
      [...html.matchAll(/<input type="hidden" name="((?:lines|revision)[^"]*)" value="([^"]*)"/g)].map(
        ([, name, value]) => [name as string, value as string],
      ),
    );

  it('stores nothing while a row is wrong, unless the correct ones are asked for', async () => {
    const before = await world.db('bid_draft').first();
    const answer = await upload(await fill([7, 'soon', 0.3]));
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('Take over the 2 correct lines').and.to.include('sheet.not-a-number');
    expect(await world.db('bid_draft').first()).to.deep.equal(before);
    await visitor.post(`/bids/${bidId}/draft`, lineFields(answer.text)).expect(303);
    const sheet = sheetOf(await download());
    const first = headingRow(sheet) + 1;
    const prices = [0, 1, 2].map((at) => sheet.getCell(first + at, PRICE).value);
    expect(prices).to.deep.equal([7, 11.5, 0.3]);
  });

  it('refuses the whole of a sheet that was made for another bid, or for lines that were changed', async () => {
    for (const [key, code] of [
      ['BID-2026-9999/abc', 'bid_sheet.other-bid'],
      ['BID-2026-0001/abc', 'bid_sheet.lines-changed'],
    ] as const) {
      const book = await fill([9]);
      sheetOf(book).getCell(headingRow(sheetOf(book)) + 1, SHEET_KEY).value = key;
      const answer = await upload(book);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include(code).and.not.to.include('correct line');
    }
  });

  it('refuses rows whose visible part was sorted without its hidden part', async () => {
    const book = await fill([9, 8, 7]);
    const sheet = sheetOf(book);
    const first = headingRow(sheet) + 1;
    [sheet.getCell(first, LINE_NO).value, sheet.getCell(first + 1, LINE_NO).value] = [2, 1];
    const answer = await upload(book);
    expect(answer.status).to.equal(422);
    expect(answer.text.match(/data-code="bid_sheet.row-mixed-up"/g)).to.have.length(2);
  });

  it('reads columns wherever they were moved to, and takes nothing away for one that was deleted', async () => {
    const book = await download();
    const sheet = sheetOf(book);
    const heading = headingRow(sheet);
    for (let row = heading; row <= heading + 3; row += 1) {
      sheet.getCell(row, 20).value = sheet.getCell(row, DAYS).value;
      sheet.getCell(row, DAYS).value = null;
      sheet.getCell(row, PRICE).value = null;
    }
    sheet.getCell(heading + 1, 20).value = 21;
    const answer = await upload(book);
    expect(answer.status).to.equal(200);
    expect(answer.text).to.include('One line will change').and.to.include('<strong>21</strong>');
    expect(Object.keys(lineFields(answer.text)).filter((name) => name.includes('unitPrice'))).to.deep.equal(
      [],
    );
  });

  it('takes “no bid” for no price, and refuses it beside one', async () => {
    const book = await fill([5, null]);
    const sheet = sheetOf(book);
    const first = headingRow(sheet) + 1;
    sheet.getCell(first, NO_BID).value = 'no bid';
    sheet.getCell(first + 1, NO_BID).value = '不报价';
    const answer = await upload(book);
    expect(answer.status).to.equal(422);
    expect(answer.text.match(/data-code="bid_sheet.no-bid-with-price"/g)).to.have.length(1);
  });

  it('refuses a formula with the address of its cell', async () => {
    const book = await fill([]);
    const first = headingRow(sheetOf(book)) + 1;
    sheetOf(book).getCell(first, PRICE).value = { formula: '1+1', result: 2 };
    const answer = await upload(book);
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('data-code="sheet.formula"').and.to.include(`H${first}`);
  });
});

describe('bidding by spreadsheet on many lines that ask for more', () => {
  const LINES = 2000;
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  it('goes out and comes back whole: prices, tiers and capacity of 2,000 lines', async () => {
    const event = await publishedEvent(world, {
      items: Array.from({ length: LINES }, (_, at) => ({
        itemCode: `BR-${at}`,
        description: `Bracket ${at}`,
        quantity: '1',
        unit: 'C62' as const,
        originalUnit: null,
        needByOn: null,
        estimatedPrice: '0.1',
        ...(at % 2 === 0 ? { tiers: ['100', '1000'], asksCapacity: true } : {}),
      })),
    });
    const [supplier] = event.suppliers as [PublishedEvent['suppliers'][number]];
    const visitor = await world.as(supplier.actor);
    const { bidId, revision } = await draftBid(world, { supplier, ...event, prices: ['2.40'] });
    const answer = await visitor.get(`/bids/${bidId}/sheet.xlsx`).buffer(true).parse(asBuffer).expect(200);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(answer.body as never);
    const sheet = book.worksheets[0] as ExcelJS.Worksheet;
    const heading = 7;
    const columnOf = (start: string): number => {
      for (let column = 1; column < 20; column += 1)
        if (sheet.getCell(heading, column).text.startsWith(start)) return column;
      throw new Error(start);
    };
    const [price, tier, capacity] = [
      columnOf('Unit price |'),
      columnOf('Unit price at 1,000'),
      columnOf('Capacity'),
    ];
    expect(sheet.getCell(heading + 1, tier).protection.locked).to.equal(false);
    expect(sheet.getCell(heading + 2, tier).protection?.locked).not.to.equal(false);
    for (let at = 0; at < LINES; at += 1) {
      sheet.getCell(heading + 1 + at, price).value = 1 + at / 100;
      if (at % 2 === 0) sheet.getCell(heading + 1 + at, tier).value = 0.5;
      if (at % 2 === 0) sheet.getCell(heading + 1 + at, capacity).value = 5000;
    }
    const filled = Buffer.from(await book.xlsx.writeBuffer());
    const preview = await visitor
      .upload(`/bids/${bidId}/sheet`, {}, { sheet: ['filled.xlsx', filled] })
      .expect(200);
    expect(preview.text).to.include('2,000 lines will change').and.to.include('And 1,700 more lines.');
    const fields = [...preview.text.matchAll(/<input type="hidden" name="(lines[^"]*)" value="([^"]*)"/g)];
    const form = Object.fromEntries(fields.map(([, name, value]) => [name as string, value as string]));
    await visitor.post(`/bids/${bidId}/draft`, { revision, ...form }).expect(303);
    const { read } = await world.runInTx(supplier.actor, (ctx) => getDraft(ctx, bidId));
    expect(read.errors).to.deep.equal([]);
    expect(read.pricedCount).to.equal(LINES);
    expect(read.lines[1998]).to.deep.include({ unitPrice: '20.98', capacity: '5000' });
    expect(read.lines[1998]?.tiers).to.deep.equal([{ quantity: '1000', unitPrice: '0.5' }]);
  }).timeout(120_000);
});

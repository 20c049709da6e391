import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import { draftBid } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

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
    const answer = await visitor
      .get(`/bids/${bidId}/sheet.xlsx`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => done(null, Buffer.concat(chunks)));
      })
      .expect(200);
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
    for (const [index, price] of prices.entries()) sheet.getCell(first + index, 7).value = price;
    return book;
  };

  it('gives a workbook with the lines locked, prices open, and the draft’s prices in it', async () => {
    const sheet = sheetOf(await download());
    const first = headingRow(sheet) + 1;
    expect(sheet.getCell(first, 3).value).to.equal('Bracket A, 6061-T6');
    expect(sheet.getCell(first, 7).value).to.equal(2.4);
    expect(sheet.getCell(first, 7).protection.locked).to.equal(false);
    expect(sheet.getCell(first, 4).protection?.locked).not.to.equal(false);
    expect(sheet.getCell(first, 7).dataValidation.type).to.equal('decimal');
    expect(sheet.getColumn(10).hidden).to.equal(true);
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
        .and.to.include(`G${headingRow(sheetOf(book)) + 1}`);
      expect(await world.db('bid_draft').first()).to.deep.equal(before);
    });

  it('refuses rows that are not of this event, and rows that are there twice', async () => {
    const book = await fill([1]);
    const sheet = sheetOf(book);
    const first = headingRow(sheet) + 1;
    sheet.getCell(first + 1, 10).value = sheet.getCell(first, 10).value;
    sheet.getCell(first + 2, 10).value = '0195e0a0-0000-7000-8000-00000000abcd';
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
});

import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import type { Test } from 'supertest';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const asBuffer: Parameters<Test['parse']>[0] = (res, done) => {
  const chunks: Buffer[] = [];
  res.on('data', (chunk: Buffer) => chunks.push(chunk));
  res.on('end', () => done(null, Buffer.concat(chunks)));
};
const [REFERENCE, LINE, QUANTITY, DAY, REASON] = [1, 2, 9, 10, 11] as const;
type Typed = Partial<Record<typeof QUANTITY | typeof DAY | typeof REASON, string | number>>;

describe('answering all open orders by one spreadsheet', () => {
  let world: World;
  let first: MadeOrder;
  let second: MadeOrder;
  let supplier: Visitor;
  before(async () => {
    world = await makeWorld();
    first = await makeOrder(world, { state: 'sent', lines: [{}, { quantity: '4' }] });
    second = await makeOrder(world, { supplierUser: first.supplierUser, buyer: first.buyer });
    await makeOrder(world);
    supplier = await world.as(first.supplierUser);
  });
  after(() => world.close());

  const download = async (): Promise<ExcelJS.Workbook> => {
    const answer = await supplier.get('/orders/responses.xlsx').buffer(true).parse(asBuffer).expect(200);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(answer.body as never);
    return book;
  };
  const sheetOf = (book: ExcelJS.Workbook) => book.worksheets[0] as ExcelJS.Worksheet;
  const headingRow = (sheet: ExcelJS.Worksheet): number => {
    for (let row = 1; row < 20; row += 1) if (sheet.getCell(row, REFERENCE).value === 'Order') return row;
    throw new Error('no headings');
  };
  const lineNames = (sheet: ExcelJS.Worksheet): string[] =>
    Array.from({ length: 10 }, (_, index) => headingRow(sheet) + 1 + index)
      .map((row) => `${sheet.getCell(row, REFERENCE).text} ${sheet.getCell(row, LINE).text}`)
      .filter((name) => name.trim() !== '');
  /** Types into the rows of these lines; more entries of one line go into empty rows below. */
  const fill = async (typed: readonly [order: MadeOrder, line: string, cells: Typed][]) => {
    const book = await download();
    const sheet = sheetOf(book);
    const used = new Set<number>();
    const top = headingRow(sheet) + 1;
    for (const [{ order }, line, cells] of typed) {
      const rows = Array.from({ length: 40 }, (_, index) => top + index).filter((row) => !used.has(row));
      const is = (row: number, reference: string | null) =>
        (sheet.getCell(row, REFERENCE).value ?? null) === reference;
      const own = rows.find((row) => is(row, order.reference) && sheet.getCell(row, LINE).text === line);
      const row = own ?? rows.find((one) => is(one, null)) ?? 0;
      used.add(row);
      sheet.getCell(row, REFERENCE).value = order.reference;
      sheet.getCell(row, LINE).value = line;
      for (const [column, value] of Object.entries(cells)) sheet.getCell(row, Number(column)).value = value;
    }
    return supplier.upload(
      '/orders/responses',
      {},
      { sheet: ['filled.xlsx', Buffer.from(await book.xlsx.writeBuffer())] },
    );
  };
  const carriedIn = (html: string): string[] =>
    [...html.matchAll(/name="answer" value="([^"]*)"/g)].map(([, value = '']) =>
      value.replaceAll('&#34;', '"').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    );
  const confirm = (answer: string[], more: Record<string, string> = {}) =>
    supplier.post('/orders/responses/confirmation', { answer, wrongCount: '0', ...more });
  const trace = async () => [
    (await world.db('change_order')).length,
    (await world.db('order_response').whereNot({ code: 'AB' })).length,
  ];

  it('holds the open lines of its own orders, and no price', async () => {
    const sheet = sheetOf(await download());
    expect(lineNames(sheet).toSorted()).to.deep.equal(
      [first, second].flatMap(({ order }) => [`${order.reference} 1`, `${order.reference} 2`]).toSorted(),
    );
    expect(JSON.stringify(sheet.getSheetValues())).to.not.include('12.5');
    expect((await supplier.get('/orders')).text).to.include('Answer by spreadsheet');
    const buyer = await world.as(first.buyer);
    expect((await buyer.get('/orders/responses')).status).to.equal(403);
  });

  it('names each wrong cell, and sends the right lines only when that is asked for', async () => {
    const wrong = await fill([
      [first, '1', { [QUANTITY]: 'many' }],
      [first, '2', { [QUANTITY]: 3 }],
      [second, '1', { [QUANTITY]: 10 }],
    ]);
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('sheet.not-a-number').and.include('order_response.reason-missing');
    expect(wrong.text).to.include('1 line accepted').and.include('without the wrong ones');
    const carried = carriedIn(wrong.text);
    expect(carried).to.have.length(1);
    expect((await confirm(carried, { wrongCount: '2' })).status).to.equal(422);
    expect(await trace()).to.deep.equal([0, 0]);
    const foreign = JSON.stringify({ ...JSON.parse(carried[0] ?? '{}'), orderId: first.buyer.userId });
    expect((await confirm([...carried, foreign])).status).to.equal(404);
    expect(await trace()).to.deep.equal([0, 0]);
  });

  it('accepts, splits and rejects lines of several orders at once, all or none', async () => {
    const good = await fill([
      [first, '1', { [QUANTITY]: 6, [REASON]: 'Steel is late' }],
      [first, '1', { [QUANTITY]: 4, [DAY]: '2026-06-01' }],
      [first, '2', { [QUANTITY]: 0, [REASON]: 'Not made any more' }],
      [second, '2', { [DAY]: '2026-04-01' }],
    ]);
    expect(good.status, good.text).to.equal(200);
    expect(good.text).to.include('1 line accepted, 2 proposed otherwise').and.include('Nothing is sent yet');
    const carried = carriedIn(good.text);
    // One of the orders moves between preview and confirmation: neither is answered.
    await world.db('purchase_order').where({ id: second.order.id }).increment('version');
    expect((await confirm(carried)).status).to.equal(409);
    expect(await trace()).to.deep.equal([0, 0]);
    await world.db('purchase_order').where({ id: second.order.id }).decrement('version');
    await confirm(carried).then((res) => expect(res.status, res.text).to.equal(303));
    const changes = await world.db('change_order').orderBy('change_no');
    expect(changes.map((one) => [one.lines[0].lineNo, one.lines[0].code, one.reason])).to.deep.equal([
      [1, '3', 'Steel is late'],
      [2, '7', 'Not made any more'],
    ]);
    expect(changes[0].lines[0].after.deliveries).to.deep.equal([
      { quantity: '6', dueOn: '2026-04-01' },
      { quantity: '4', dueOn: '2026-06-01' },
    ]);
    expect((await world.db('purchase_order').where({ id: first.order.id }).first()).state).to.equal(
      'acknowledged',
    );
    // What is discussed is not asked for again.
    expect(lineNames(sheetOf(await download()))).to.have.length(2);
  });
});

import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import type { Test } from 'supertest';
import { makeAgreement, termsLine } from '../support/factories/agreements.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const asBuffer: Parameters<Test['parse']>[0] = (res, done) => {
  const chunks: Buffer[] = [];
  res.on('data', (chunk: Buffer) => chunks.push(chunk));
  res.on('end', () => done(null, Buffer.concat(chunks)));
};
const [LINE, DESCRIPTION, PRICE, SCALE] = [1, 3, 5, 6] as const;

describe('the price lines of an agreement by spreadsheet', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const download = async (by: Visitor, page: string): Promise<ExcelJS.Workbook> => {
    const answer = await by.get(`${page}/lines.xlsx`).buffer(true).parse(asBuffer).expect(200);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(answer.body as never);
    return book;
  };
  const sheetOf = (book: ExcelJS.Workbook) => book.worksheets[0] as ExcelJS.Worksheet;
  const firstRow = (sheet: ExcelJS.Worksheet): number => {
    for (let row = 1; row < 20; row += 1) if (sheet.getCell(row, LINE).value === 'Line') return row + 1;
    throw new Error('no headings');
  };
  const upload = async (by: Visitor, page: string, book: ExcelJS.Workbook) =>
    by.upload(
      `${page}/lines/import`,
      {},
      { sheet: ['prices.xlsx', Buffer.from(await book.xlsx.writeBuffer())] },
    );
  const carriedBy = (text: string): string[] =>
    [...text.matchAll(/name="line" value="([^"]*)"/g)].map(([, value = '']) =>
      value.replaceAll('&#34;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
    );
  const linesOf = async (agreementId: string, version = 1) =>
    (await world.db('agreement_version').where({ agreement_id: agreementId, version }).first('terms')).terms
      .lines;

  it('go out and come back to a draft and to a later version: seen before they are stored, and all or none', async () => {
    const made = await makeAgreement(world, {
      terms: { lines: [termsLine(), termsLine({ lineNo: 2, itemCode: null, description: 'Cover <b>' })] },
    });
    const page = `/agreements/${made.agreementId}`;
    const buyer = await world.as(made.buyer);
    await buyer.get(`${page}/lines/import`).expect(404);
    await buyer.post(`${page}/versions`, { reason: 'Aluminium went up' }).expect(303);
    const same = await upload(buyer, page, await download(buyer, page));
    expect(same.status, same.text).to.equal(200);
    expect(same.text).to.include('All 2 rows say what is stored already').and.not.include('name="line"');

    const book = await download(buyer, page);
    const sheet = sheetOf(book);
    const top = firstRow(sheet);
    sheet.getCell(top, PRICE).value = 13.25;
    sheet.getCell(top, SCALE).value = '100: 12; 50: 11';
    sheet.getCell(top + 1, LINE).value = '7';
    sheet.getCell(top + 2, DESCRIPTION).value = 'Bolt';
    const wrong = await upload(buyer, page, book);
    expect(wrong.status).to.equal(422);
    for (const cell of [`F${top}`, `A${top + 1}`, `D${top + 2}`, `E${top + 2}`])
      expect(wrong.text, cell).to.include(`>${cell}<`);

    sheet.getCell(top, SCALE).value = '100: 12; 500: 11';
    for (const [column, value] of ['', null, 'Bolt', 'pcs', 0.125, null].entries())
      sheet.getCell(top + 1, column + 1).value = value;
    sheet.getCell(top + 2, DESCRIPTION).value = null;
    const shown = await upload(buyer, page, book);
    expect(shown.text).to.include('1 new, 1 changed, 1 left out');
    expect(shown.text).to.include('≥ 0: 13.25, ≥ 100: 12, ≥ 500: 11').and.include('Cover &lt;b&gt;');
    expect(await linesOf(made.agreementId, 2), 'looking stores nothing').to.have.length(2);
    const line = carriedBy(shown.text);
    await buyer.post(`${page}/lines/imported`, { rowVersion: '9', line }).expect(409);
    await buyer.post(`${page}/lines/imported`, { rowVersion: '1', line }).expect(303);
    const after = await linesOf(made.agreementId, 2);
    expect(after.map((one: { lineNo: number; tiers: unknown }) => [one.lineNo, one.tiers])).to.deep.equal([
      [
        1,
        [
          { fromQuantity: '0', unitPrice: '13.25' },
          { fromQuantity: '100', unitPrice: '12' },
          { fromQuantity: '500', unitPrice: '11' },
        ],
      ],
      [3, [{ fromQuantity: '0', unitPrice: '0.125' }]],
    ]);
    expect(
      await world.db('agreement_line').where({ agreement_id: made.agreementId, is_current: true }),
    ).to.have.length(2);
    await (await world.as(made.supplier)).get(`${page}/lines/import`).expect(404);
  });

  it('may be more than a form holds, which then leaves them as they are', async () => {
    const lines = Array.from({ length: 600 }, (_, index) =>
      termsLine({ lineNo: index + 1, itemCode: `BRK-${index + 1}` }),
    );
    const made = await makeAgreement(world, { until: 'draft', terms: { lines } });
    const page = `/agreements/${made.agreementId}`;
    const buyer = await world.as(made.buyer);
    const book = await download(buyer, page);
    sheetOf(book).getCell(firstRow(sheetOf(book)), PRICE).value = 13;
    const shown = await upload(buyer, page, book);
    expect(shown.text).to.include('0 new, 1 changed, 0 left out');
    const line = carriedBy(shown.text);
    expect(line).to.have.length(600);
    await buyer.post(`${page}/lines/imported`, { rowVersion: '1', line }).expect(303);
    const form = (await buyer.get(`${page}/edit`).expect(200)).text;
    expect(form).to.include('name="keepsLines"').and.not.include('name="lines[0]');
    await buyer
      .post(`${page}/edit`, {
        kind: 'framework',
        title: 'Brackets, every one',
        categoryCode: 'MACH',
        plantCodes: 'QD01',
        currency: 'USD',
        incoterm: 'DAP',
        incotermPlace: 'Qingdao',
        paymentTermsDays: '30',
        validFrom: '2026-03-01',
        validUntil: '2027-02-28',
        noticeDays: '30',
        rowVersion: '2',
        keepsLines: 'yes',
      })
      .expect(303);
    const kept = await linesOf(made.agreementId);
    expect([kept.length, kept[0].tiers[0].unitPrice]).to.deep.equal([600, '13']);
  });
});

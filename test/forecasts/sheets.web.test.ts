import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import { makeForecast } from '../support/factories/forecasts.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('forecasts and commits by spreadsheet', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const open = async (visitor: Visitor, path: string): Promise<ExcelJS.Workbook> => {
    const answer = await visitor.get(path).responseType('blob').expect(200);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(answer.body as never);
    return book;
  };
  const rowWith = (book: ExcelJS.Workbook, item: string, nth = 0): ExcelJS.Row => {
    const sheet = book.worksheets[0] as ExcelJS.Worksheet;
    const rows: ExcelJS.Row[] = [];
    sheet.eachRow((row) => void (row.getCell(1).value === item && rows.push(row)));
    return rows[nth] as ExcelJS.Row;
  };
  const send = async (visitor: Visitor, path: string, book: ExcelJS.Workbook, revision: number) =>
    visitor.upload(
      path,
      { revision: String(revision) },
      {
        sheet: ['back.xlsx', Buffer.from(await book.xlsx.writeBuffer())],
      },
    );

  it('go out, are changed there and come back; a wrong cell or a colleague in between takes nothing over', async () => {
    const { forecastId, buyer, supplier } = await makeForecast(world, { until: 'draft' });
    const page = `/forecasts/${forecastId}`;
    const planner = await world.as(buyer);
    const quantities = async () =>
      (await world.db('forecast_line').orderBy('line_no')).map((row) => `${row.item_code} ${row.quantities}`);
    const before = await quantities();
    const book = await open(planner, `${page}/draft/template.xlsx`);
    rowWith(book, 'BRK-A').getCell(5).value = -5;
    const refused = await send(planner, `${page}/draft/import`, book, 2);
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('sheet.number-too-small');
    rowWith(book, 'BRK-A').getCell(5).value = 130;
    const sheet = book.worksheets[0] as ExcelJS.Worksheet;
    const next = sheet.getRow(rowWith(book, 'HSG-7').number + 1);
    next.getCell(1).value = 'NOBODY-KNOWS';
    next.getCell(4).value = 7;
    const unknown = await send(planner, `${page}/draft/import`, book, 2);
    expect(unknown.status).to.equal(422);
    expect(unknown.text).to.include('The catalogue does not know NOBODY-KNOWS');
    expect(await quantities()).to.deep.equal(before);
    next.getCell(2).value = 'Part of somebody';
    next.getCell(3).value = 'pcs';
    expect((await send(planner, `${page}/draft/import`, book, 1)).status).to.equal(409);
    expect(await quantities()).to.deep.equal(before);
    expect((await send(planner, `${page}/draft/import`, book, 2)).status).to.equal(303);
    expect(await quantities()).to.deep.equal([
      'BRK-A 100,130,100,100,100,100',
      'HSG-7 0,40,0,40,0,40',
      'NOBODY-KNOWS 7,0,0,0,0,0',
    ]);
    expect((await planner.upload(`${page}/draft/import`, { revision: '3' }, {})).status).to.equal(422);

    await planner
      .post(`${page}/draft`, {
        revision: 3,
        fromWeek: '2026-W10',
        weeks: '6',
        firmWeeks: '2',
        tradeOffWeeks: '2',
        next: 'publish',
      })
      .expect(303);
    const clerk = await world.as(supplier);
    const stranger = await world.as((await makeSupplier(world)).actor);
    await stranger.get(`${page}/commit/template.xlsx`).expect(404);
    const answer = await open(clerk, `${page}/commit/template.xlsx`);
    rowWith(answer, 'BRK-A', 1).getCell(6).value = 90;
    rowWith(answer, 'BRK-A', 1).getCell(11).value = 'One shift';
    rowWith(answer, 'HSG-7', 1).getCell(6).value = 'some';
    const wrong = await send(clerk, `${page}/commit/import`, answer, 0);
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('sheet.not-a-number');
    expect(await world.db('forecast_commit')).to.have.length(0);
    rowWith(answer, 'HSG-7', 1).getCell(6).value = 40;
    expect((await send(clerk, `${page}/commit/import`, answer, 0)).status).to.equal(303);
    expect(await world.db('forecast').first()).to.include({ state: 'published' });
    const said = await world.db('forecast_commit_line').where({ reason: 'One shift' }).first();
    expect(String(said.quantities)).to.equal('100,90,100,100,100,100');
  });
});

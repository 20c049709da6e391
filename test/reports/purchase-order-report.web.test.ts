import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { readSheet } from '../../src/platform/sheet/read-sheet.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('exporting the purchase order report', () => {
  let world: World;
  let finance: Visitor;
  let first: MadeOrder;
  let second: MadeOrder;
  before(async () => {
    world = await makeWorld();
    first = await makeOrder(world, {
      title: 'Brackets',
      lines: [{ quantity: '3', unitPrice: '0.105' }, { description: '=1+1' }],
    });
    second = await makeOrder(world, { title: 'Housings', state: 'sent' });
    finance = await world.as(await world.staff('finance'));
  });
  after(() => world.close());

  const ask = async (form: Record<string, unknown>, by = finance): Promise<string> => {
    const asked = await by
      .post('/reports/purchase-orders/exports', { from: '', to: '', supplierId: '', state: '', ...form })
      .expect(303);
    const page = String(asked.headers['location']);
    await world.drainJobs();
    return page;
  };
  const download = async (page: string, by = finance): Promise<Buffer> => {
    const { text } = await by.get(page).expect(200);
    const href = /href="(\/documents\/[^"]+)"/.exec(text)?.[1] ?? '';
    const file = await by
      .get(href)
      .buffer(true)
      .parse((res, done) => {
        const parts: Buffer[] = [];
        res.on('data', (part: Buffer) => parts.push(part));
        res.on('end', () => done(null, Buffer.concat(parts)));
      });
    expect(file.status).to.equal(200);
    return file.body as Buffer;
  };

  it('makes a CSV with a row for each line, exact amounts and no formula', async () => {
    const csv = (await download(await ask({ format: 'csv' }))).toString('utf8');
    const rows = parse(csv, { bom: true, columns: true }) as Record<string, string>[];
    expect(rows).to.have.length(4);
    expect(rows.map((row) => row['Order'])).to.include.members([
      first.order.reference,
      second.order.reference,
    ]);
    const bracket = rows.find((row) => row['Unit price'] === '0.105');
    expect(bracket).to.include({ Quantity: '3', Amount: '0.32', Currency: first.order.currency });
    expect(rows.map((row) => row['Description'])).to.include("'=1+1");
  });

  it('makes a spreadsheet that opens, filtered by supplier and state', async () => {
    const xlsx = await download(await ask({ format: 'xlsx', supplierId: second.supplierId, state: 'sent' }));
    const file = `${world.house.folders.data}/report.xlsx`;
    await writeFile(file, xlsx);
    const sheet = await readSheet(file, { maxBytes: 1_000_000, maxRows: 100, maxColumns: 30 });
    const orders = sheet.rows.slice(1).map((row) => row.cells[0]?.text);
    expect(orders).to.deep.equal([second.order.reference, second.order.reference]);
  });

  it('makes a PDF', async () => {
    const pdf = await download(await ask({ format: 'pdf' }));
    expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-');
  });

  it('shows progress, records each step and mails whoever asked, once', async () => {
    const before = world.mails.length;
    const page = await ask({ format: 'csv', state: 'sent' });
    const id = page.split('/').at(-1);
    const shown = await finance.get(`${page}/progress`).expect(200);
    expect(shown.text).to.include('data-state="done"').and.not.include('hx-trigger');
    const acts = await world.db('event').where({ subject_id: id }).orderBy('position').pluck('action');
    expect(acts).to.deep.equal([
      'report_export.requested',
      'report_export.started',
      'document.added',
      'report_export.finished',
    ]);
    expect(world.mails.slice(before).map((mail) => mail.subject)).to.have.length(1);
    await world.drainJobs();
    expect(world.mails).to.have.length(before + 1);
  });

  it('gives the file to nobody but whoever asked for it', async () => {
    const page = await ask({ format: 'csv' });
    const other = await world.as(await world.staff('finance'));
    await other.get(page).expect(404);
    const { text } = await finance.get(page);
    await other.get(/href="(\/documents\/[^"]+)"/.exec(text)?.[1] ?? '').expect(404);
    const supplier = await world.as(first.supplierUser);
    await supplier.get('/reports').expect(404);
  });

  it('refuses days in the wrong order at their field, and leaves no trace', async () => {
    const count = async () => (await world.db('report_export').count('* as n'))[0];
    const before = await count();
    const refused = await finance
      .post('/reports/purchase-orders/exports', {
        from: '2026-02-02',
        to: '2026-02-01',
        supplierId: '',
        state: '',
        format: 'csv',
      })
      .expect(422);
    expect(refused.text).to.include('data-code="report_export.dates-out-of-order"');
    expect(await count()).to.deep.equal(before);
  });

  it('previews what the file will hold, in the reader’s filters', async () => {
    const page = await finance.get('/reports/purchase-orders?state=sent').expect(200);
    expect(page.text).to.include(second.order.reference).and.not.include(first.order.reference);
    expect((await finance.get('/reports/purchase-orders?from=nonsense').expect(200)).text).to.include(
      'Check the marked fields',
    );
  });
});

import { expect } from 'chai';
import type { EnteredInvoice } from '../../../src/invoices/index.ts';
import { newId } from '../../../src/kernel/id.ts';
import { taxKey } from '../../../src/kernel/tax.ts';
import { enteredFor, makeInvoice, makeReceived } from '../../support/factories/invoices.ts';
import { ciiInvoice, ublInvoice } from '../../support/factories/structured-invoices.ts';
import { makeWorld, type World } from '../../support/world.ts';

const PDF = (text = '') => Buffer.from(`%PDF-1.4\n1 0 obj<<>>endobj\n% ${text}\ntrailer<<>>\n%%EOF\n`);
const ENCRYPTED = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Encrypt 9 0 R>>\n%%EOF\n');

const fieldsOf = ({ lines, ...header }: EnteredInvoice) => ({
  ...header,
  tax: taxKey(header.tax),
  lines: lines.map(({ row: _row, tax, ...line }) => ({ ...line, tax: tax === null ? '' : taxKey(tax) })),
});

describe('an invoice that begins with its document', () => {
  let world: World;
  let received: Awaited<ReturnType<typeof makeReceived>>;
  beforeEach(async () => {
    world = await makeWorld();
    received = await makeReceived(world);
  });
  afterEach(() => world.close());
  const clerk = () => world.as(received.order.supplierUser);
  const upload = async (name: string, content: Buffer) =>
    (await clerk()).upload('/invoices/drafts', {}, { document: [name, content] });
  const draftOf = () => world.db('invoice_draft').first();
  const fields = async () => fieldsOf(await enteredFor(world, received, { supplierNumber: 'R-1' }));

  it('is kept from the upload on, found again, and sent as every other, with its file’s hash', async () => {
    const begun = await upload('scan 1.pdf', PDF());
    expect(begun.status).to.equal(303);
    const { id } = await draftOf();
    const here = `/invoices/drafts/${id}`;
    expect(begun.headers.location).to.equal(here);
    const visitor = await clerk();
    // Nothing says what it is for: people choose.
    const choosing = (await visitor.get(here).expect(200)).text;
    expect(choosing)
      .to.include('What is this invoice for?')
      .and.to.include(received.order.order.reference)
      .and.to.include('175.00 USD')
      .and.to.match(/<iframe[^>]*src="\/documents\/[^"]*inline=1"/);
    const source = `receipt:${received.receipt.receipt.id}`;
    await visitor.post(`${here}/source`, { version: 1, candidate: source }).expect(303);
    await visitor.post(here, { ...(await fields()), supplierNumber: 'R-', version: 2 }).expect(303);
    expect((await visitor.get('/').expect(200)).text).to.include('1 draft invoice to send');
    expect((await visitor.get('/invoices/new').expect(200)).text).to.include('scan 1.pdf');
    expect((await visitor.get(here).expect(200)).text).to.match(/name="supplierNumber"[^>]*value="R-"/);
    // A colleague saved meanwhile: both are shown, nothing is lost.
    const stale = await visitor
      .post(here, { ...(await fields()), supplierNumber: 'R-9', version: 2 })
      .expect(409);
    expect(stale.text)
      .to.include('number R-,')
      .and.to.match(/name="supplierNumber"[^>]*value="R-9"/);
    // What is refused stays as it was typed.
    const wrong = await visitor
      .post(`${here}/submission`, { ...(await fields()), issuedOn: '2030-01-01', version: 3 })
      .expect(422);
    expect(wrong.text).to.include('value="2030-01-01"').and.to.include('value="R-1"');
    expect(await world.db('invoice')).to.have.length(0);

    await visitor.post(`${here}/submission`, { ...(await fields()), version: 3 }).expect(303);
    await world.drainJobs();
    const [invoice] = await world.db('invoice');
    expect(invoice).to.include({ id, state: 'pending_approval', gross_amount: '197.7500' });
    const { sha256 } = await world.db('document').where({ subject_id: id }).first();
    const { content } = await world.db('invoice_version').where({ invoice_id: id }).first();
    expect(content.document).to.deep.include({ fileName: 'scan 1.pdf', sha256, read: null });
    expect(await draftOf()).to.include({ state: 'submitted' });
    await visitor.get(here).expect(404);
    const finance = await world.as(await world.staff('finance'));
    const seen = (await finance.get(`/invoices/${id}`).expect(200)).text;
    expect(seen)
      .to.match(/<iframe[^>]*title="Document scan 1.pdf"/)
      .and.to.include('Invoice document uploaded');
    const file = /src="(\/documents\/[^"]*inline=1)"/.exec(seen)?.[1] ?? '';
    const shown = await finance.get(file).expect(200);
    expect(shown.headers).to.include({
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
    });
    expect(shown.headers['content-security-policy']).to.include("default-src 'none'");
    // The very same file again, under whatever name.
    const again = await upload('other.pdf', PDF());
    expect(again.text).to.include(`already the document of invoice ${invoice.reference}`);
    const { version } = await world.db('invoice').first();
    await finance.post(`/invoices/${id}/rejection`, { version, reason: 'Not ours' }).expect(303);
    expect((await upload('other.pdf', PDF())).status).to.equal(303);
  });

  it('is filled from a structured file as far as it says so for sure, and says what differs', async () => {
    const { reference } = received.order.order;
    const lines = [
      { quantity: '10', price: '12.50', orderLine: '1' },
      { quantity: '4', price: '12.50', orderLine: '2', unit: 'KGM' },
    ];
    const xml = Buffer.from(ublInvoice({ number: 'UBL-1', order: reference, lines }));
    expect((await upload('invoice.xml', xml)).status).to.equal(303);
    const draft = await draftOf();
    // Its order is named, and has one receipt: that is what it is for.
    expect(draft.goods_receipt_id).to.equal(received.receipt.receipt.id);
    const here = `/invoices/drafts/${draft.id}`;
    const page = (await (await clerk()).get(here).expect(200)).text;
    expect(page)
      .to.match(/name="supplierNumber"[^>]*value="UBL-1"/)
      .and.to.match(/name="lines\[0\]\[quantity\]"[^>]*value="10"/)
      .and.to.match(/name="lines\[1\]\[quantity\]"[^>]*value=""/)
      .and.to.include('Line 2 of the file')
      .and.to.include('Net amount: 175.00 in the file, 125.00 here');
    await (await clerk())
      .post(`${here}/submission`, {
        ...(await fields()),
        supplierNumber: 'UBL-1',
        version: draft.version,
        lines: (await fields()).lines.slice(0, 1),
      })
      .expect(303);
    await world.drainJobs();
    const buyer = await world.as(received.order.buyer);
    const seen = (await buyer.get(`/invoices/${draft.id}`).expect(200)).text;
    expect(seen)
      .to.include('The figures are not those of the structured file')
      .and.to.include('Amount with tax: 197.75 in the file')
      .and.to.include('What the file says (UBL)');
  });

  it('refuses in words what nobody could keep or read, and leaves no trace of it', async () => {
    for (const [name, content, says] of [
      ['locked.pdf', ENCRYPTED, 'protected by a password'],
      ['macro.docx', Buffer.from('PK'), 'files of this kind are not accepted'],
      ['picture.png', PDF(), 'the content is not what the name says'],
      ['credit.xml', Buffer.from(ublInvoice({ type: '381' })), 'is a credit note'],
      ['order.xml', Buffer.from('<a></a>'), 'is no invoice in UBL'],
      ['cut.xml', Buffer.from(ciiInvoice().slice(0, 700)), 'cannot be read as XML'],
      ['nameless.xml', Buffer.from(ublInvoice({ number: '' })), 'has no invoice number'],
    ] as const) {
      const res = await upload(name, content);
      expect([name, res.status]).to.deep.equal([name, 422]);
      expect(res.text).to.include(says);
    }
    expect((await (await clerk()).upload('/invoices/drafts', {}, {})).status).to.equal(422);
    expect(await world.db('invoice_draft')).to.have.length(0);
    expect(await world.db('document').where({ subject_type: 'invoice' })).to.have.length(0);
    expect(await world.db('event').where({ action: 'invoice.drafted' })).to.have.length(0);
  });

  it('is nobody’s but its supplier’s, is for what is open only, and goes when it is discarded', async () => {
    const name = `${received.order.order.reference}.pdf`;
    await upload(name, PDF());
    const { id, version } = await draftOf();
    const here = `/invoices/drafts/${id}`;
    const other = await makeReceived(world);
    const stranger = await world.as(other.order.supplierUser);
    await stranger.get(here).expect(404);
    await stranger.post(`${here}/removal`, { version }).expect(404);
    const { id: fileId } = await world.db('document').where({ subject_id: id }).first();
    await stranger.get(`/documents/${fileId}/${name}`).expect(404);
    const finance = await world.as(await world.staff('finance'));
    await finance.get(`/documents/${fileId}/${name}`).expect(404);
    await finance.get(here).expect(403);
    // Another's receipt, one that is no receipt, and one of which nothing is left.
    const visitor = await clerk();
    for (const source of [`receipt:${other.receipt.receipt.id}`, `receipt:${newId()}`, 'order:1'])
      await visitor.post(`${here}/source`, { version, candidate: source }).expect((res) => {
        expect(res.status).to.be.oneOf([400, 422]);
      });
    await makeInvoice(world, { of: received });
    await visitor
      .post(`${here}/source`, { version, candidate: `receipt:${received.receipt.receipt.id}` })
      .expect((res) => expect(res.text).to.include('Nothing is left to invoice there'));
    expect((await visitor.get(here).expect(200)).text).to.include('Nothing to invoice');
    await visitor.post(`${here}/submission`, { ...(await fields()), version }).expect(422);
    expect(await world.db('invoice')).to.have.length(1);
    // The same file as a draft once only.
    expect((await upload('again.pdf', PDF())).text).to.include('is already a draft');
    await visitor.post(`${here}/removal`, { version }).expect(303);
    expect(await draftOf()).to.include({ state: 'discarded' });
    await visitor.get(`/documents/${fileId}/${name}`).expect(404);
    await visitor.get(here).expect(404);
    expect((await upload('again.pdf', PDF())).status).to.equal(303);
  });
});

import { expect } from 'chai';
import { recordAll, timelineOf } from '../../src/audit/index.ts';
import { subjectKinds } from '../../src/audit/subject.ts';
import { chooseLowest } from '../../src/awards/allocation.ts';
import { findAwardBasis } from '../../src/awards/award-basis.service.ts';
import { proposeAward } from '../../src/awards/index.ts';
import { startDispute } from '../../src/disputes/disputes.service.ts';
import { approveInvoice, makeSelfBilled } from '../../src/invoices/index.ts';
import {
  agreeToSelfBilling,
  proposeAgreement,
} from '../../src/invoices/self-billing/self-billing-agreements.service.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { submitRequisition } from '../../src/requisitions/index.ts';
import { findEvent } from '../../src/sourcing/index.ts';
import { makeAgreement } from '../support/factories/agreements.ts';
import { evaluatedEvent } from '../support/factories/awards.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { makeDespatch, makeReceipt } from '../support/factories/deliveries.ts';
import { makeForecast } from '../support/factories/forecasts.ts';
import { type MadeInvoice, makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { asking, makeBudget, makePolicy, makeRequisition } from '../support/factories/requisitions.ts';
import { publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

/** Who reads which page about a subject; `supplierId` is the supplier it belongs to. */
type Shown = {
  readonly id: string;
  readonly supplierId: string | null;
  readonly staff?: { readonly reader: Actor; readonly page: string };
  readonly supplier?: { readonly reader: Actor; readonly page: string };
};

describe('a document’s timeline', () => {
  let world: World;
  let shown: Readonly<Record<string, Shown>>;

  before(async () => {
    world = await makeWorld();
    shown = await oneOfEach(world);
  });
  after(() => world.close());

  it('is there for every kind of document that the record speaks of', () => {
    expect(Object.keys(shown).sort()).to.deep.equal(subjectKinds.map(({ type }) => type).sort());
    for (const { type, page } of subjectKinds)
      if (page !== null) expect(shown[type]?.staff?.page, type).to.equal(`${page}${shown[type]?.id}`);
  });

  it('is narrowed to the supplier by its own query, and not only by the database’s wall', async () => {
    const subject = { type: 'purchase_order', id: newId() };
    const supplierId = newId();
    const reader = { kind: 'supplier', userId: newId(), name: 'Reader', roles: [], supplierId } as const;
    const reasons = await world.runInTx(system('test'), async (ctx) => {
      const act = { action: 'test.acted', subject };
      await recordAll(ctx, [
        { ...act, reason: 'internal' },
        { ...act, reason: 'another’s', supplierId: newId() },
        { ...act, reason: 'own', supplierId },
      ]);
      // The transaction is the worker's, which the database lets see everything.
      return (await timelineOf({ ...ctx, actor: reader }, subject.id)).map(({ reason }) => reason);
    });
    expect(reasons).to.deep.equal(['own']);
  });

  for (const { type } of subjectKinds) {
    it(`shows who, when, from, to and why on a ${type}, and to its supplier only what concerns it`, async () => {
      const { id, supplierId, staff, supplier } = shown[type] as Shown;
      const subject = { type, id };
      const act = { action: 'test.acted', subject, from: 'draft', to: 'sent' };
      await world.runInTx({ ...system('test'), name: 'Recorder' }, (ctx) =>
        recordAll(ctx, [
          { ...act, reason: 'INTERNAL-WORD' },
          { ...act, reason: 'ANOTHERS-WORD', supplierId: newId() },
          { ...act, reason: 'OWN-WORD', supplierId },
        ]),
      );
      const read = async ({ reader, page }: { reader: Actor; page: string }): Promise<string> => {
        const answer = await (await world.as(reader)).get(page);
        expect(answer.status, page).to.equal(200);
        return answer.text;
      };
      if (staff !== undefined) {
        const html = await read(staff);
        expect(html)
          .to.include('id="timeline-heading"')
          .and.to.match(/<time datetime="2026-/);
        for (const word of ['INTERNAL-WORD', 'OWN-WORD', '→']) expect(html, word).to.include(word);
      }
      if (supplier !== undefined) {
        const html = await read(supplier);
        expect(html).to.include('id="timeline-heading"').and.to.include('OWN-WORD');
        for (const word of ['INTERNAL-WORD', 'ANOTHERS-WORD']) expect(html, word).not.to.include(word);
      }
      expect(staff ?? supplier, 'read by somebody').not.to.equal(undefined);
    });
  }
});

/** One of each kind, by the use-cases, with who reads it where. */
async function oneOfEach(world: World): Promise<Readonly<Record<string, Shown>>> {
  const buyer = await world.staff('buyer');
  const opened = await publishedEvent(world, { buyer });
  const [bidder] = opened.suppliers as [(typeof opened.suppliers)[number]];
  const invited = await world
    .db('invitation')
    .where({ event_id: opened.eventId, supplier_id: bidder.supplierId })
    .first<{ id: string }>('id');
  const { bidId } = await submittedBid(world, {
    supplier: bidder,
    eventId: opened.eventId,
    items: opened.items,
    prices: ['2', '12', '0.1'],
  });
  const order = await makeOrder(world);
  const despatch = await makeDespatch(world, order);
  const invoice = await makeInvoice(world);
  const { supplierUser, supplierId } = invoice.order;
  const receiptId = invoice.receipt.receipt.id;
  const report = await (await world.as(buyer)).post('/reports/purchase-orders/exports', { format: 'csv' });
  const finance = await world.staff('finance');
  const paid = await makeInvoice(world);
  const { runId, paymentId } = await aReleasedPayment(world, { invoiceId: paid.invoiceId, maker: finance });
  const reportPage = report.headers['location'] as string;
  const disputeId = await world.runInTx(order.buyer, (ctx) =>
    startDispute(ctx, {
      type: 'purchase_order',
      id: order.order.id,
      topic: 'quality',
      title: 'Burrs',
      body: 'On all.',
    }),
  );
  const staffAnd = (
    type: string,
    id: string,
    reader: Actor,
    own: { supplierId: string; supplierUser: Actor },
  ) => {
    const page = `${subjectKinds.find((kind) => kind.type === type)?.page}${id}`;
    return {
      id,
      supplierId: own.supplierId,
      staff: { reader, page },
      supplier: { reader: own.supplierUser, page },
    };
  };
  const asked = await aRequisition(world);
  const agreed = await makeAgreement(world);
  const agreement = { supplierId: agreed.supplier.supplierId ?? '', supplierUser: agreed.supplier };
  const told = await makeForecast(world, { buyer });
  const stated = await aStatement(world, finance);
  return {
    ...asked,
    agreement: staffAnd('agreement', agreed.agreementId, agreed.buyer, agreement),
    credit_note: staffAnd('credit_note', await aCreditNote(world, invoice), finance, {
      supplierId,
      supplierUser,
    }),
    forecast: staffAnd('forecast', told.forecastId, buyer, {
      supplierId: told.supplier.supplierId ?? '',
      supplierUser: told.supplier,
    }),
    statement: staffAnd('statement', stated.id, finance, stated),
    ...(await selfBilling(world, { finance, staffAnd })),
    supplier: {
      id: bidder.supplierId,
      supplierId: bidder.supplierId,
      staff: { reader: buyer, page: `/suppliers/${bidder.supplierId}` },
    },
    sourcing_event: {
      id: opened.eventId,
      supplierId: null,
      staff: { reader: buyer, page: `/events/${opened.eventId}` },
    },
    invitation: {
      id: invited?.id ?? '',
      supplierId: bidder.supplierId,
      staff: { reader: buyer, page: `/events/${opened.eventId}` },
      supplier: { reader: bidder.actor, page: `/bids/invitations/${opened.eventId}` },
    },
    // Before the opening the buyer's side is not told who bids: a bid's own acts are the bidder's, and the auditor's.
    bid: {
      id: bidId,
      supplierId: bidder.supplierId,
      supplier: { reader: bidder.actor, page: `/bids/${bidId}` },
    },
    award: await anAward(world),
    purchase_order: staffAnd('purchase_order', order.order.id, buyer, order),
    despatch_advice: staffAnd('despatch_advice', despatch.id, buyer, order),
    goods_receipt: staffAnd('goods_receipt', receiptId, buyer, { supplierId, supplierUser }),
    invoice: staffAnd('invoice', invoice.invoiceId, finance, { supplierId, supplierUser }),
    payment_run: {
      id: runId,
      supplierId: null,
      staff: { reader: finance, page: `/payment-runs/${runId}` },
    },
    payment: staffAnd('payment', paymentId, finance, paid.order),
    dispute: staffAnd('dispute', disputeId, order.buyer, order),
    report_export: {
      id: reportPage.split('/').at(-1) as string,
      supplierId: null,
      staff: { reader: buyer, page: reportPage },
    },
  };
}

/** A requisition that waits for its approval, whose acts stand on the same page. */
async function aRequisition(world: World): Promise<Record<'requisition' | 'approval', Shown>> {
  await makePolicy(world, [asking(await world.staff('approver'))]);
  await makeBudget(world);
  const { requisitionId, requester } = await makeRequisition(world);
  await world.runInTx(requester, (ctx) => submitRequisition(ctx, requisitionId));
  const approval = await world.db('approval').where({ document_id: requisitionId }).first('id');
  const staff = { reader: requester, page: `/requisitions/${requisitionId}` };
  return {
    requisition: { id: requisitionId, supplierId: null, staff },
    approval: { id: approval.id, supplierId: null, staff },
  };
}

/** A payment that was ordered, so that its supplier may see it. */
async function aReleasedPayment(
  world: World,
  { invoiceId, maker }: { invoiceId: string; maker: Actor },
): Promise<{ runId: string; paymentId: string }> {
  const { version, currency } = await world.db('invoice').where({ id: invoiceId }).first();
  await world.runInTx(maker, (ctx) => approveInvoice(ctx, { invoiceId, version }));
  const form = { currency, dueUntil: '2026-12-31', payOn: '2026-03-02', invoice: invoiceId };
  await (await world.as(maker)).post('/payment-runs', form).expect(303);
  const run = await world.db('payment_run').orderBy('created_at', 'desc').first();
  const releaser = await world.as(await world.staff('finance'));
  await releaser.post(`/payment-runs/${run.id}/release`, { version: run.version }).expect(303);
  const payment = await world.db('payment').where({ run_id: run.id }).first();
  return { runId: run.id, paymentId: payment.id };
}

/** A credit note that its supplier sent. */
async function aCreditNote(world: World, { invoiceId, order }: MadeInvoice): Promise<string> {
  const note = { supplierNumber: 'CR-1', issuedOn: '2026-03-02', netAmount: '20', reason: 'Discount' };
  await (await world.as(order.supplierUser)).post(`/invoices/${invoiceId}/credit-notes`, note).expect(303);
  return (await world.db('credit_note').where({ invoice_id: invoiceId }).first('id')).id;
}

/** An agreement on self-billing, and an invoice that was made by it. */
async function selfBilling(
  world: World,
  of: {
    finance: Actor;
    staffAnd(
      type: string,
      id: string,
      reader: Actor,
      own: { supplierId: string; supplierUser: Actor },
    ): Shown;
  },
): Promise<Record<'self_billing_agreement' | 'self_billed_invoice', Shown>> {
  const order = await makeOrder(world);
  const { supplierId, supplierUser } = order;
  const agreed = await world.runInTx(of.finance, (ctx) =>
    proposeAgreement(ctx, {
      supplierId,
      rhythm: 'receipt',
      numberPrefix: 'SB',
      currencies: ['USD'],
      plantCodes: [],
      validFrom: '2026-03-02',
      validUntil: '2026-12-31',
    }),
  );
  await world.runInTx(supplierUser, (ctx) => agreeToSelfBilling(ctx, { agreementId: agreed, version: 1 }));
  const receipt = await makeReceipt(world, order);
  await world.runInTx(system('test'), (ctx) => makeSelfBilled(ctx, receipt.receipt.id));
  const { id } = await world.db('self_billed_invoice').first('id');
  return {
    self_billing_agreement: of.staffAnd('self_billing_agreement', agreed, of.finance, order),
    self_billed_invoice: of.staffAnd('self_billed_invoice', id, of.finance, order),
  };
}

/** A month's statement that is with its supplier. */
async function aStatement(
  world: World,
  maker: Actor,
): Promise<{ id: string; supplierId: string; supplierUser: Actor }> {
  const { supplierId, supplierUser, order } = (await makeReceived(world)).order;
  const finance = await world.as(maker);
  const which = `${supplierId}|${order.plantCode}|${order.currency}`;
  await finance.post('/statements', { month: '2026-03', which }).expect(303);
  const { id, version } = await world.db('statement').first();
  await finance.post(`/statements/${id}/sending`, { version }).expect(303);
  return { id, supplierId, supplierUser };
}

async function anAward(world: World): Promise<Shown> {
  const bids = [{ name: 'Only Bidder', prices: ['35', '38', '44'] }];
  const { eventId, buyer, bidders } = await evaluatedEvent(world, { bids });
  const [best] = bidders as [(typeof bidders)[number]];
  const id = await world.runInTx(buyer, async (ctx) => {
    const { asked, bidders: offering } = await findAwardBasis(ctx, await findEvent(ctx, eventId));
    const lines = chooseLowest(
      asked,
      offering.flatMap((bidder) => bidder.offers),
    );
    return proposeAward(ctx, { eventId, lines, justification: '', debrief: '' });
  });
  return { id, supplierId: best.supplierId, staff: { reader: buyer, page: `/awards/${id}` } };
}

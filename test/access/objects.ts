import { approveAward, proposeAward } from '../../src/awards/index.ts';
import { addFiles, openBids, startBid, submitBid } from '../../src/bids/index.ts';
import { createCategory, createPlant } from '../../src/catalog/index.ts';
import { startDispute } from '../../src/disputes/disputes.service.ts';
import { attachUploads, storeGenerated } from '../../src/documents/index.ts';
import { beginDraft } from '../../src/invoices/uploads/invoice-drafts.service.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/id.ts';
import { answerOrder } from '../../src/orders/index.ts';
import type { UploadedFile } from '../../src/platform/web/uploads.ts';
import { requestExport } from '../../src/reports/reports.service.ts';
import { createRequisition } from '../../src/requisitions/index.ts';
import { publishAmendment } from '../../src/sourcing/amendment-publication.service.ts';
import { draftAmendment, findAmendment, reviseAmendment } from '../../src/sourcing/amendments.service.ts';
import { setAudience } from '../../src/sourcing/audience.service.ts';
import { saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import { askEnquiry, publishEvent } from '../../src/sourcing/index.ts';
import { makeShortlist } from '../../src/sourcing/shortlists.service.ts';
import { makeAgreement } from '../support/factories/agreements.ts';
import { draftBid } from '../support/factories/bids.ts';
import { makeDespatch, makeReceipt } from '../support/factories/deliveries.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { makeForecast } from '../support/factories/forecasts.ts';
import { makeInvoice } from '../support/factories/invoices.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { qualify } from '../support/factories/qualifications.ts';
import { makeBudget, someLine } from '../support/factories/requisitions.ts';
import { closeEvent, draftEvent, makeCatalog, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { scratchFolder } from '../support/scratch-files.ts';
import type { World } from '../support/world.ts';

/** What fills the `:names` of a route. */
export type Params = Readonly<Record<string, string>>;

/** All that one supplier and one plant have, made by the use-cases: each object that a route can name. */
export type Side = Readonly<Record<SideId, string>> & { readonly supplier: Actor };
type SideId =
  | 'supplierId'
  | 'contactId'
  | 'draftEventId'
  | 'requirementId'
  | 'attachmentId'
  | 'lotId'
  | 'lotFileId'
  | 'itemId'
  | 'itemFileId'
  | 'openEventId'
  | 'joinableEventId'
  | 'amendmentId'
  | 'draftAmendmentId'
  | 'shortlistId'
  | 'qualificationId'
  | 'amendedItemId'
  | 'amendedRequirementId'
  | 'enquiryId'
  | 'awardedEventId'
  | 'awardId'
  | 'draftBidId'
  | 'draftFileId'
  | 'openedBidId'
  | 'openedFileId'
  | 'orderId'
  | 'despatchId'
  | 'receiptId'
  | 'invoiceId'
  | 'documentId'
  | 'siteId'
  | 'costId'
  | 'clarificationId'
  | 'changeId'
  | 'disputeId'
  | 'runId'
  | 'budgetId'
  | 'agreementId'
  | 'agreementVersionId'
  | 'paymentId'
  | 'forecastId'
  | 'creditNoteId'
  | 'statementId'
  | 'invoiceDraftId'
  | 'selfBillingId'
  | 'selfBilledId';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
const FILE = { fileName: 'drawing.pdf', mediaType: 'application/pdf' };
const LATER = '2026-06-01T09:00:00Z';

/** Two of everything: one supplier's at one plant, and another's at another plant, in another category. */
export async function makeSides(world: World): Promise<{ own: Side; others: Side }> {
  await makeCatalog(world);
  await world.runInTx(system('test'), async (ctx) => {
    await createCategory(ctx, { code: 'CAST', nameEn: 'Castings', nameZh: '铸件' });
    await createPlant(ctx, {
      code: 'NB02',
      nameEn: 'Ningbo plant',
      nameZh: '宁波工厂',
      addressLines: ['2 Hailan Road', 'Ningbo'],
      timeZone: 'Asia/Shanghai',
    });
  });
  const own = await makeAwarded(world, { plantCode: 'QD01', categoryCode: 'MACH' });
  const others = await makeAwarded(world, { plantCode: 'NB02', categoryCode: 'CAST' });
  await closeEvent(world, own.event);
  await openAndAward(world, [own, others]);
  return { own: await finishSide(world, own), others: await finishSide(world, others) };
}

type Place = { readonly plantCode: string; readonly categoryCode: string };
type Begun = Awaited<ReturnType<typeof makeAwarded>>;

/** A bid with a file, of an event that will be awarded. */
async function makeAwarded(world: World, place: Place) {
  const supplier = await makeSupplier(world);
  const { event, eventId, items, buyer } = await publishedEvent(world, {
    suppliers: [supplier],
    terms: place,
  });
  const { bidId, revision } = await draftBid(world, { supplier, eventId, items, prices: ['1', '2', '3'] });
  await addFile(world, supplier.actor, bidId);
  await world.runInTx(supplier.actor, (ctx) =>
    submitBid(ctx, { bidId, revision: revision + 1, idempotencyKey: newId(), isFreeMeant: false }),
  );
  return { place, supplier, event, eventId, items, buyer, bidId };
}

/** A file as a form brings it. */
async function withUpload<T>(use: (files: UploadedFile[]) => Promise<T>): Promise<T> {
  const scratch = await scratchFolder();
  const { fileName } = FILE;
  const path = await scratch.write(fileName, PDF);
  try {
    return await use([{ field: 'files', fileName, path, sizeBytes: PDF.length }]);
  } finally {
    await scratch.remove();
  }
}

const addFile = (world: World, supplier: Actor, bidId: string) =>
  withUpload((files) => world.runInTx(supplier, (ctx) => addFiles(ctx, bidId, files)));

async function openAndAward(world: World, sides: readonly Begun[]): Promise<void> {
  const opener = await world.staff('bid_opener');
  const approver = await world.staff('approver');
  for (const { eventId, items, buyer, supplier } of sides) {
    await world.runInTx(opener, (ctx) => openBids(ctx, eventId));
    const lines = items.map((item) => ({
      eventItemId: item.id,
      supplierId: supplier.supplierId,
      quantity: item.quantity,
      reason: '',
    }));
    const awardId = await world.runInTx(buyer, (ctx) =>
      proposeAward(ctx, { eventId, lines, justification: '', debrief: '' }),
    );
    await world.runInTx(approver, (ctx) => approveAward(ctx, awardId));
  }
}

/** One amendment that was published, and one in the making. */
async function makeAmendments(world: World, of: { buyer: Actor; eventId: string }) {
  const { eventId } = of;
  return world.runInTx(of.buyer, async (ctx) => {
    const amendmentId = await draftAmendment(ctx, eventId);
    const { amendment } = await findAmendment(ctx, { eventId, id: amendmentId });
    const terms = { ...amendment.proposal.terms, title: 'Amended' };
    const change = { touchesAll: false, reason: 'A new title' };
    await reviseAmendment(ctx, { eventId, id: amendmentId, version: 1, terms, ...change });
    await publishAmendment(ctx, { eventId, id: amendmentId, version: 2 });
    const draftAmendmentId = await draftAmendment(ctx, eventId);
    const requirement = someQuestion();
    const asked = { eventId, amendmentId: draftAmendmentId, version: 1, requirementId: null };
    await saveRequirement(ctx, { ...asked, requirement });
    const { proposal } = (await findAmendment(ctx, { eventId, id: draftAmendmentId })).amendment;
    return {
      amendmentId,
      draftAmendmentId,
      amendedItemId: found('line', proposal.items[0]?.id),
      amendedRequirementId: found('question', proposal.plan?.requirements[0]?.id),
    };
  });
}

/** The rest: a draft and an open event, a draft bid, an order with its papers, a file. */
async function finishSide(world: World, begun: Begun): Promise<Side> {
  const { place, supplier, buyer } = begun;
  const { supplierId, actor } = supplier;
  const draft = await draftEvent(world, { buyer, terms: { ...place, closesAt: new Date(LATER) } });
  const open = await publishedEvent(world, { buyer, suppliers: [supplier], terms: place, closesAt: LATER });
  const amendments = await makeAmendments(world, { buyer, eventId: open.eventId });
  const shortlistId = await world.runInTx(buyer, (ctx) =>
    makeShortlist(ctx, { name: 'Usual ones', isShared: false, categoryCode: null }),
  );
  await qualify(world, {
    supplierId,
    ...(place.categoryCode === undefined ? {} : { categoryCode: place.categoryCode }),
  });
  const { id: qualificationId } = await world.db('qualification').where({ supplier_id: supplierId }).first();
  const joinable = await draftEvent(world, { buyer, terms: { ...place, closesAt: new Date(LATER) } });
  await world.runInTx(buyer, async (ctx) => {
    await setAudience(ctx, { eventId: joinable.eventId, audience: 'qualified' });
    await publishEvent(ctx, joinable.eventId);
  });
  const enquiryId = await world.runInTx(actor, (ctx) =>
    askEnquiry(ctx, { eventId: open.eventId, question: 'Which alloy?', files: [] }),
  );
  const draftBidId = await world.runInTx(actor, (ctx) => startBid(ctx, open.eventId));
  await addFile(world, actor, draftBidId);
  const order = await makeOrder(world, {
    buyer,
    supplierUser: actor,
    plantCode: place.plantCode,
    eventId: begun.eventId,
  });
  const receipt = await makeReceipt(world, order, { quantities: ['4', '1'] });
  const { invoiceId } = await makeInvoice(world, { of: { order, receipt }, lines: [{ unitPrice: '99' }] });
  const despatch = await makeDespatch(world, order, { quantities: ['3', '1'] });
  const paper = await world.runInTx(system('test'), (ctx) =>
    storeGenerated(ctx, {
      ...FILE,
      subject: { type: 'despatch_advice', id: despatch.id },
      kind: 'drawing',
      version: 1,
      content: PDF,
      visibility: 'supplier',
      supplierId,
    }),
  );
  const lotId = newId();
  await world.db('lot').insert({ id: lotId, event_id: draft.eventId, lot_no: 1, title: 'Housings' });
  const itemId: string = (await world.db('event_item').where({ event_id: draft.eventId }).first('id')).id;
  const attach = async (type: string, id: string): Promise<string> => {
    const [attached] = await withUpload((files) =>
      world.runInTx(buyer, (ctx) =>
        attachUploads(ctx, { subject: { type, id }, visibility: 'internal', files }),
      ),
    );
    return found('document', attached).id;
  };
  await world.runInTx(buyer, (ctx) =>
    saveRequirement(ctx, {
      eventId: draft.eventId,
      version: 0,
      requirementId: null,
      requirement: someQuestion(),
    }),
  );
  const disputeId = await world.runInTx(actor, (ctx) =>
    startDispute(ctx, {
      type: 'purchase_order',
      id: order.order.id,
      topic: 'delivery',
      title: 'When?',
      body: 'When is it due?',
    }),
  );
  await proposeLater(world, actor, order);
  const siteId = newId();
  await world.db('supplier_site').insert({
    id: siteId,
    supplier_id: supplierId,
    name: 'Works',
    time_zone: 'Asia/Shanghai',
    created_at: world.now(),
  });
  const budgetId = await makeBudget(world, { plantCode: place.plantCode });
  const { agreementId } = await makeAgreement(world, {
    buyer,
    supplier: actor,
    until: 'offered',
    terms: { plantCodes: [place.plantCode], categoryCode: place.categoryCode },
  });
  const { forecastId } = await makeForecast(world, { ...place, buyer, supplier: actor });
  const payment = await payByRun(world, { invoiceId, supplierId, makerId: buyer.userId });
  const idOf = async (table: string, where: object): Promise<string> =>
    found(table, (await world.db(table).where(where).first('id'))?.id);
  return {
    supplier: actor,
    supplierId,
    contactId: await idOf('supplier_contact', { supplier_id: supplierId }),
    draftEventId: draft.eventId,
    joinableEventId: joinable.eventId,
    ...amendments,
    shortlistId,
    qualificationId,
    requirementId: await idOf('requirement', { event_id: draft.eventId }),
    attachmentId: await attach('sourcing_event', draft.eventId),
    lotId,
    lotFileId: await attach('lot', lotId),
    itemId,
    itemFileId: await attach('event_item', itemId),
    openEventId: open.eventId,
    enquiryId,
    awardedEventId: begun.eventId,
    awardId: await idOf('award', { event_id: begun.eventId }),
    draftBidId,
    draftFileId: await idOf('bid_file', { bid_id: draftBidId }),
    openedBidId: begun.bidId,
    openedFileId: await idOf('bid_file', { bid_id: begun.bidId }),
    orderId: order.order.id,
    despatchId: despatch.id,
    receiptId: receipt.receipt.id,
    invoiceId,
    documentId: paper.id,
    disputeId,
    budgetId,
    forecastId,
    agreementId,
    agreementVersionId: await idOf('agreement_version', { agreement_id: agreementId }),
    siteId,
    clarificationId: await askAbout(world, { eventId: begun.eventId, bidId: begun.bidId, buyer, supplierId }),
    costId: await enterCost(world, { eventId: begun.eventId, bidId: begun.bidId, buyer }),
    changeId: await idOf('change_order', { order_id: order.order.id }),
    ...payment,
    statementId: await stateMonth(world, { supplierId, plantCode: place.plantCode, by: buyer }),
    creditNoteId: await creditInvoice(world, { invoiceId, by: actor }),
    invoiceDraftId: await withUpload((files) => world.runInTx(actor, (ctx) => beginDraft(ctx, { files }))),
    ...(await selfBill(world, {
      supplierId,
      plantCode: place.plantCode,
      by: buyer,
      receiptId: receipt.receipt.id,
      orderId: order.order.id,
    })),
  };
}

/** A statement that waits for its supplier. */
async function stateMonth(
  world: World,
  of: { supplierId: string; plantCode: string; by: Actor },
): Promise<string> {
  const id = newId();
  await world.db('statement').insert({
    id,
    reference: id,
    supplier_id: of.supplierId,
    plant_code: of.plantCode,
    month: '2026-02-01',
    currency: 'USD',
    state: 'sent',
    created_by: of.by.userId,
    created_at: world.now(),
    sent_at: world.now(),
  });
  return id;
}

/** An agreement that waits for its supplier, and an invoice made by one. */
async function selfBill(
  world: World,
  of: { supplierId: string; plantCode: string; by: Actor; orderId: string; receiptId: string },
): Promise<{ selfBillingId: string; selfBilledId: string }> {
  const [selfBillingId, selfBilledId] = [newId(), newId()];
  await world.db('self_billing_agreement').insert({
    id: selfBillingId,
    reference: selfBillingId,
    supplier_id: of.supplierId,
    rhythm: 'receipt',
    number_prefix: 'SB',
    currencies: ['USD'],
    plant_codes: [of.plantCode],
    valid_from: '2026-03-02',
    valid_until: '2026-12-31',
    state: 'proposed',
    proposed_by: of.by.userId,
    proposed_at: world.now(),
  });
  await world.db('self_billed_invoice').insert({
    id: selfBilledId,
    reference: 'SB-00001',
    agreement_id: selfBillingId,
    supplier_id: of.supplierId,
    order_id: of.orderId,
    goods_receipt_id: of.receiptId,
    currency: 'USD',
    figures: JSON.stringify({
      supplierNumber: 'SB-00001',
      normalisedNumber: 'SB1',
      issuedOn: '2026-03-02',
      currency: 'USD',
      lines: [],
      charges: [],
      netAmount: '0',
      taxAmount: '0',
      grossAmount: '0',
      taxes: [],
    }),
    sha256: '0'.repeat(64),
    gross_amount: '0',
    state: 'sent',
    answer_by: '2026-03-09',
    created_at: world.now(),
  });
  return { selfBillingId, selfBilledId };
}

/** A credit note that waits for finance, as its supplier sends one. */
async function creditInvoice(world: World, of: { invoiceId: string; by: Actor }): Promise<string> {
  const id = newId();
  const invoice = await world.db('invoice').where({ id: of.invoiceId }).first();
  await world.db('credit_note').insert({
    id,
    reference: id,
    kind: 'credit_note',
    supplier_id: invoice.supplier_id,
    order_id: invoice.order_id,
    invoice_id: invoice.id,
    supplier_number: id,
    normalised_number: id,
    currency: invoice.currency,
    issued_on: invoice.issued_on,
    reason: 'Discount',
    net_amount: '1',
    taxes: JSON.stringify([{ category: 'Z', rate: '0', taxableAmount: '1', taxAmount: '0' }]),
    tax_amount: '0',
    gross_amount: '1',
    state: 'submitted',
    created_by: of.by.userId,
    created_at: world.now(),
  });
  return id;
}

/** A question about an opened bid. */
async function askAbout(
  world: World,
  of: { eventId: string; bidId: string; buyer: Actor; supplierId: string },
): Promise<string> {
  const id = newId();
  await world.db('clarification').insert({
    id,
    bid_id: of.bidId,
    event_id: of.eventId,
    supplier_id: of.supplierId,
    question: 'Is it complete?',
    asked_by: of.buyer.userId,
    asked_at: world.now(),
    answer_until: new Date(world.now().getTime() + 86_400_000),
  });
  return id;
}

/** What the buyer entered for a bid beside its price. */
async function enterCost(
  world: World,
  of: { eventId: string; bidId: string; buyer: Actor },
): Promise<string> {
  const id = newId();
  await world.db('cost_adjustment').insert({
    id,
    event_id: of.eventId,
    bid_id: of.bidId,
    kind: 'tooling',
    amount: '10',
    currency: 'USD',
    reason: 'A die',
    entered_by: of.buyer.userId,
    entered_at: world.now(),
  });
  return id;
}

/** The supplier asks for another day of a line. */
async function proposeLater(world: World, supplier: Actor, { order, lines }: MadeOrder): Promise<void> {
  const [line] = lines;
  const { version } = await world.db('purchase_order').where({ id: order.id }).first('version');
  await world.runInTx(supplier, (ctx) =>
    answerOrder(ctx, {
      orderId: order.id,
      version,
      note: '',
      lines: [
        {
          poLineId: found('po_line', line).id,
          code: '3',
          reason: 'Late',
          unitPrice: null,
          deliveries: [{ quantity: found('po_line', line).quantity, dueOn: '2026-07-01' }],
        },
      ],
    }),
  );
}

/** A payment with the bank, as its run leaves it. */
async function payByRun(
  world: World,
  of: { invoiceId: string; supplierId: string; makerId: string | null },
): Promise<{ runId: string; paymentId: string }> {
  const [runId, paymentId] = [newId(), newId()];
  const releaser = await world.staff('finance');
  const [at, currency, pay_on] = [world.now(), 'USD', '2026-03-02'];
  await world.db('payment_run').insert({
    id: runId,
    reference: runId,
    currency,
    due_until: pay_on,
    pay_on,
    state: 'released',
    created_by: of.makerId,
    created_at: at,
    released_by: releaser.userId,
    released_at: at,
  });
  await world.db('payment').insert({
    id: paymentId,
    reference: paymentId,
    run_id: runId,
    supplier_id: of.supplierId,
    currency,
    pay_on,
    state: 'ordered',
    created_at: at,
  });
  await world
    .db('payment_line')
    .insert({ id: newId(), payment_id: paymentId, invoice_id: of.invoiceId, amount: '1' });
  return { runId, paymentId };
}

/** What belongs to a person, whoever it is. */
export type OwnThings = {
  readonly notificationId: string;
  readonly passkeyId: string;
  readonly exportId: string;
  readonly requisitionId: string;
};

export async function makeOwnThings(
  world: World,
  person: Actor,
  place: Place = { plantCode: 'QD01', categoryCode: 'MACH' },
): Promise<OwnThings> {
  const userId = found('user', person.userId);
  const [notificationId, passkeyId] = [newId(), newId()];
  await world.db('notification').insert({
    id: notificationId,
    user_id: userId,
    event_id: newId(),
    template: 'award-lost',
    params: JSON.stringify({ reference: 'RFQ-1', title: 'Brackets', debrief: '' }),
    facts: JSON.stringify([]),
    link: '/',
    has_sign_in_link: false,
    state: 'queued',
    created_at: world.now(),
  });
  await world.db('passkey').insert({
    id: passkeyId,
    user_id: userId,
    credential_id: passkeyId,
    public_key: Buffer.alloc(8),
    counter: 0,
    name: 'Key',
    created_at: world.now(),
  });
  const filters = { from: null, to: null, supplierId: null, state: null };
  // Reports are nothing that a supplier could have asked for.
  const exportId =
    person.kind === 'staff'
      ? await world.runInTx(person, (ctx) => requestExport(ctx, { format: 'csv', filters }))
      : newId();
  const requisitionId = person.kind === 'staff' ? await needOf(world, { userId, place }) : newId();
  return { notificationId, passkeyId, exportId, requisitionId };
}

/** Somebody's draft, whatever its role may do by itself. */
const needOf = (world: World, { userId, place }: { userId: string; place: Place }): Promise<string> =>
  world.runInTx(system('test'), (ctx) =>
    createRequisition(
      ctx,
      { ...place, title: 'Gloves', note: '', currency: 'USD', lines: [someLine(place)] },
      { requesterId: userId, source: 'portal', externalReference: null },
    ),
  );

/** What a route's names stand for. `null`: there is none of that kind, and `why` says so. */
export type Objects = {
  readonly own: Params | null;
  readonly others: Params | null;
  /** Files need the right of what they belong to, besides the route's own. */
  readonly needs?: string;
  /** The form is read before its object is looked for, with the same answer for all. */
  readonly isFormFirst?: boolean;
  /** The object may be there or not: an act took it away, or a job has not made it yet. */
  readonly mayBeGone?: boolean;
};
export type Probed = {
  readonly own: Side;
  readonly others: Side;
  /** The prober's own things, and somebody else's. */
  readonly mine: OwnThings;
  readonly theirs: OwnThings;
  readonly anybody: { readonly userId: string; readonly recordId: string };
};

const both = (of: Probed, params: (side: Side) => Params): Objects => ({
  own: params(of.own),
  others: params(of.others),
});

/**
 * The objects of a route, by the beginning of its path; the longest that fits counts. Whoever adds a route with a
 * `:name` adds its objects here, so that it is probed.
 */
export const objectsByPath: Readonly<Record<string, (of: Probed) => Objects>> = {
  '/suppliers/:supplierId': (of) => both(of, ({ supplierId, contactId }) => ({ supplierId, contactId })),
  '/agreements/:agreementId': (of) =>
    both(of, ({ agreementId, agreementVersionId: versionId }) => ({ agreementId, versionId })),
  '/requisitions/:requisitionId': ({ mine, theirs }) => ({
    own: { requisitionId: mine.requisitionId, documentId: newId() },
    others: { requisitionId: theirs.requisitionId, documentId: newId() },
  }),
  // A file of a draft, which test/requisitions adds; here only who is let in.
  '/requisitions/:requisitionId/files/:documentId/removal': () => ({ own: null, others: null }),
  '/budgets/:budgetId': (of) => both(of, ({ budgetId }) => ({ budgetId })),
  // Let in by an administrator's act, which test/interchange does; here only who may.
  '/integrations/:integrationId': () => ({ own: null, others: null }),
  // A kind of document is no object: there is none that is missing.
  '/approval-rules/:documentType': () => ({
    own: { documentType: 'requisition' },
    others: null,
    isFormFirst: true,
  }),
  '/events/:eventId': (of) =>
    both(of, (side) => ({ eventId: side.draftEventId, documentId: side.attachmentId })),
  '/catalog/calendars/:calendarCode': () => ({
    own: null,
    others: null,
    isFormFirst: true,
  }),
  '/catalog/items/:itemId': () => ({ own: null, others: null }),
  '/catalog/supplier-items/:supplierItemId': () => ({ own: null, others: null }),
  '/events/:eventId/lines/:itemId': (of) => ({
    ...both(of, (side) => ({
      eventId: side.draftEventId,
      itemId: side.itemId,
      documentId: side.itemFileId,
    })),
    mayBeGone: true,
  }),
  '/events/:eventId/lots/:lotId': (of) => ({
    ...both(of, (side) => ({ eventId: side.draftEventId, lotId: side.lotId, documentId: side.lotFileId })),
    mayBeGone: true,
  }),
  '/events/:eventId/requirements/:requirementId': (of) => ({
    ...both(of, (side) => ({ eventId: side.draftEventId, requirementId: side.requirementId })),
    mayBeGone: true,
  }),
  '/events/:eventId/enquiries': (of) =>
    both(of, (side) => ({ eventId: side.openEventId, enquiryId: side.enquiryId })),
  '/events/:eventId/amendments': (of) => both(of, (side) => ({ eventId: side.openEventId })),
  '/events/:eventId/amendments/:amendmentId': (of) =>
    both(of, (side) => ({ eventId: side.openEventId, amendmentId: side.draftAmendmentId })),
  '/events/:eventId/amendments/:amendmentId/files': (of) => ({
    ...both(of, (side) => ({
      eventId: side.openEventId,
      amendmentId: side.draftAmendmentId,
      documentId: side.attachmentId,
    })),
    mayBeGone: true,
  }),
  '/events/:eventId/amendments/:amendmentId/lines/:itemId': (of) =>
    both(of, (side) => ({
      eventId: side.openEventId,
      amendmentId: side.draftAmendmentId,
      itemId: side.amendedItemId,
    })),
  '/events/:eventId/amendments/:amendmentId/requirements/:requirementId': (of) => ({
    ...both(of, (side) => ({
      eventId: side.openEventId,
      amendmentId: side.draftAmendmentId,
      requirementId: side.amendedRequirementId,
    })),
    mayBeGone: true,
  }),
  // A renewal may be asked for once.
  '/company/qualifications/:qualificationId': (of) =>
    both(of, ({ qualificationId }) => ({ qualificationId })),
  '/suppliers/:supplierId/qualifications': (of) =>
    both(of, ({ supplierId, qualificationId }) => ({ supplierId, qualificationId })),
  // Events with needs behind them are made in test/requisitions; here only who is let in.
  '/events/:eventId/requisition-files': () => ({ own: null, others: null }),
  '/shortlists/:shortlistId': (of) => ({
    ...both(of, (side) => ({ shortlistId: side.shortlistId })),
    mayBeGone: true,
  }),
  '/amendments/:amendmentId': (of) => both(of, (side) => ({ amendmentId: side.draftAmendmentId })),
  '/bids/invitations/:eventId/amendments': (of) =>
    both(of, (side) => ({ eventId: side.openEventId, amendmentId: side.amendmentId })),
  '/events/:eventId/invited/:supplierId': (of) =>
    both(of, (side) => ({ eventId: side.openEventId, supplierId: side.supplierId })),
  // Committees are appointed, and their members score, in test/awards; here only who is let in.
  '/events/:eventId/committee/:memberId': () => ({ own: null, others: null }),
  '/events/:eventId/statement': () => ({ own: null, others: null }),
  '/events/:eventId/score-sheet': () => ({ own: null, others: null }),
  '/events/:eventId/consensus': () => ({ own: null, others: null }),
  '/events/:eventId/evaluation': (of) => both(of, (side) => ({ eventId: side.awardedEventId })),
  '/events/:eventId/rounds': (of) => both(of, (side) => ({ eventId: side.awardedEventId })),
  '/events/:eventId/comparison': (of) => both(of, (side) => ({ eventId: side.awardedEventId })),
  '/events/:eventId/scenarios': (of) =>
    both(of, (side) => ({ eventId: side.awardedEventId, scenarioId: newId() })),
  '/events/:eventId/scenarios/:scenarioId': () => ({ own: null, others: null, isFormFirst: true }),
  '/events/:eventId/award': (of) => both(of, (side) => ({ eventId: side.awardedEventId })),
  '/events/:eventId/opening': (of) =>
    both(of, (side) => ({
      eventId: side.awardedEventId,
      bidId: side.openedBidId,
      fileId: side.openedFileId,
      ...FILE,
    })),
  '/events/:eventId/bids': (of) =>
    both(of, (side) => ({ eventId: side.awardedEventId, bidId: side.openedBidId })),
  '/events/:eventId/bids/:bidId/lots/:lotId': (of) =>
    both(of, (side) => ({ eventId: side.awardedEventId, bidId: side.openedBidId, lotId: side.lotId })),
  '/events/:eventId/bids/:bidId/costs/:costId': (of) =>
    both(of, (side) => ({ eventId: side.awardedEventId, bidId: side.openedBidId, costId: side.costId })),
  '/bids/:bidId': (of) => both(of, (side) => ({ bidId: side.draftBidId, fileId: side.draftFileId, ...FILE })),
  '/bids/:bidId/files/:fileId/removal': (of) => ({
    ...both(of, (side) => ({ bidId: side.draftBidId, fileId: side.draftFileId })),
    mayBeGone: true,
  }),
  '/bids/:bidId/clarifications/:clarificationId': (of) =>
    both(of, (side) => ({ bidId: side.openedBidId, clarificationId: side.clarificationId })),
  '/bids/:bidId/receipt': (of) => both(of, (side) => ({ bidId: side.openedBidId })),
  '/bids/:bidId/content.json': (of) => both(of, (side) => ({ bidId: side.openedBidId })),
  '/bids/:bidId/own-copy': (of) => both(of, (side) => ({ bidId: side.openedBidId })),
  '/bids/:bidId/key.txt': (of) => both(of, (side) => ({ bidId: side.openedBidId })),
  '/bids/:bidId/sealed.age': (of) => both(of, (side) => ({ bidId: side.openedBidId })),
  '/bids/invitations/:eventId': (of) => both(of, (side) => ({ eventId: side.openEventId })),
  // An event for everybody is nobody's in particular, and gone for whoever has joined it.
  '/bids/open/:eventId': (of) => ({
    own: { eventId: of.own.joinableEventId },
    others: { eventId: of.others.openEventId },
    mayBeGone: true,
  }),
  '/awards/:awardId': (of) => both(of, ({ awardId }) => ({ awardId })),
  // Raised and asked for by several people's acts, which test/awards does; here only who is let in.
  '/awards/:awardId/objections/:objectionId': () => ({ own: null, others: null, isFormFirst: true }),
  '/awards/:awardId/withdrawals/:withdrawalId': () => ({ own: null, others: null, isFormFirst: true }),
  '/orders/:orderId': (of) => both(of, ({ orderId }) => ({ orderId })),
  // A requester sees the work that it needs, which test/deliveries/services.web does; here those who see deliveries.
  '/orders/:orderId/work': (of) => ({ ...both(of, ({ orderId }) => ({ orderId })), needs: 'delivery.read' }),
  // A requester sees the instalments of what it needs, which test/invoices/instalments.web does; here those who see orders.
  '/orders/:orderId/instalments': (of) => ({
    ...both(of, ({ orderId }) => ({ orderId })),
    needs: 'order.read',
  }),
  '/orders/:orderId/changes/:changeId': (of) => both(of, ({ orderId, changeId }) => ({ orderId, changeId })),
  '/orders/:orderId/resending': (of) => ({
    ...both(of, ({ orderId }) => ({ orderId })),
    mayBeGone: true,
  }),
  '/despatches/:despatchId': (of) => both(of, ({ despatchId }) => ({ despatchId })),
  '/receipts/:receiptId': (of) => both(of, ({ receiptId }) => ({ receiptId })),
  '/invoices/:invoiceId': (of) => both(of, ({ invoiceId }) => ({ invoiceId })),
  '/invoices/drafts/:draftId': (of) => both(of, ({ invoiceDraftId }) => ({ draftId: invoiceDraftId })),
  '/invoices/drafts/:draftId/removal': (of) => ({
    ...both(of, ({ invoiceDraftId }) => ({ draftId: invoiceDraftId })),
    mayBeGone: true,
  }),
  '/forecasts/:forecastId': (of) => both(of, ({ forecastId }) => ({ forecastId })),
  // One item of it, by its code, which test/forecasts asks for.
  '/forecasts/:forecastId/items': (of) => ({
    ...both(of, ({ forecastId }) => ({ forecastId })),
    mayBeGone: true,
  }),
  // There is a draft while somebody writes one, which test/forecasts does.
  '/forecasts/:forecastId/draft': (of) => ({
    ...both(of, ({ forecastId }) => ({ forecastId })),
    mayBeGone: true,
  }),
  // Held back of an invoice of an order that plans it, which test/invoices/retention.web makes; here only who is let in.
  '/retentions/:retentionId': () => ({ own: null, others: null, isFormFirst: true }),
  '/statements/:statementId': (of) => both(of, ({ statementId }) => ({ statementId })),
  '/self-billing/:selfBillingId': (of) => both(of, ({ selfBillingId }) => ({ selfBillingId })),
  '/self-billed/:selfBilledId': (of) => both(of, ({ selfBilledId }) => ({ selfBilledId })),
  '/credit-notes/:creditNoteId': (of) => both(of, ({ creditNoteId }) => ({ creditNoteId })),
  '/payment-runs/:runId': (of) => both(of, ({ runId }) => ({ runId })),
  '/payments/:paymentId': (of) => both(of, ({ paymentId }) => ({ paymentId })),
  '/documents/:documentId': (of) => ({
    ...both(of, ({ documentId }) => ({ documentId, ...FILE })),
    needs: 'delivery.read',
  }),
  '/company/people/:contactId': (of) => both(of, ({ contactId }) => ({ contactId })),
  '/company/people/:contactId/reactivation': (of) => ({
    ...both(of, ({ contactId }) => ({ contactId })),
    mayBeGone: true,
  }),
  '/company/sites/:siteId': (of) => both(of, ({ siteId }) => ({ siteId })),
  '/disputes/:disputeId': (of) => both(of, ({ disputeId }) => ({ disputeId })),
  '/messages/:subjectType/:subjectId': (of) =>
    both(of, ({ orderId }) => ({ subjectType: 'purchase_order', subjectId: orderId })),
  '/reports/exports/:exportId': ({ mine, theirs }) => ({
    own: { exportId: mine.exportId },
    others: { exportId: theirs.exportId },
  }),
  '/notifications/:notificationId': ({ mine, theirs }) => ({
    own: { notificationId: mine.notificationId },
    others: { notificationId: theirs.notificationId },
  }),
  '/security/passkeys/:passkeyId': ({ mine, theirs }) => ({
    own: { passkeyId: mine.passkeyId },
    others: { passkeyId: theirs.passkeyId },
  }),
  '/audit/events/:eventId/proof.json': ({ anybody }) => ({
    own: { eventId: anybody.recordId },
    others: null,
    mayBeGone: true,
  }),
  '/audit/events/:eventId': ({ anybody }) => ({ own: { eventId: anybody.recordId }, others: null }),
  '/audit/people/:userId': ({ anybody }) => ({ own: { userId: anybody.userId }, others: null }),
  // Made by the sealer, which test/audit runs; here only who is let in.
  '/audit/checkpoints/:checkpointId': () => ({ own: null, others: null }),
  '/people/:userId': ({ anybody }) => ({ own: { userId: anybody.userId, role: 'buyer' }, others: null }),
  // Made by two administrators' acts, which test/identity/people does; here only who is let in.
  '/people/role-requests/:requestId': () => ({ own: null, others: null }),
  // A link of one's own supplier, which test/signed-link makes; here only who is let in.
  '/security/signed-links/:linkId': () => ({ own: null, others: null }),
  // Made by two people's acts, which test/delegation and test/suppliers do; here only who is let in.
  '/delegations/:delegationId': () => ({ own: null, others: null }),
  '/recoveries/:recoveryId': () => ({ own: null, others: null }),
  // Made by a receipt, which test/deliveries/quality does; here only who is let in.
  '/nonconformances/:nonconformanceId': () => ({ own: null, others: null }),
  // Asked for by a supplier, which test/suppliers/bank-account does; here only who is let in.
  '/bank-accounts/:bankAccountId': () => ({ own: null, others: null }),
  '/company/recoveries/:recoveryId': () => ({ own: null, others: null, isFormFirst: true }),
  // A secret from a mail.
  '/address/confirmation/:token': () => ({ own: null, others: null }),
};

/** The objects of a route; undefined when nobody has said them. */
export function objectsOf(path: string, of: Probed): Objects | undefined {
  const fitting = Object.keys(objectsByPath).filter(
    (beginning) => path === beginning || path.startsWith(`${beginning}/`) || path.startsWith(`${beginning}.`),
  );
  const longest = fitting.toSorted((one, other) => other.length - one.length)[0];
  return longest === undefined ? undefined : objectsByPath[longest]?.(of);
}

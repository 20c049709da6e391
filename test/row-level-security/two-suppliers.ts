import type { Knex } from 'knex';
import { guardedTables } from '../../migrations/access/statements.ts';
import { saveCommit } from '../../src/forecasts/commits.service.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { makeAgreement } from '../support/factories/agreements.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { makeReceipt } from '../support/factories/deliveries.ts';
import { makeForecast } from '../support/factories/forecasts.ts';
import { makeInvoice } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

export type TwoSuppliers = {
  readonly world: World;
  /** Each has rows of its own in every guarded table. */
  readonly suppliers: readonly [Actor, Actor];
  readonly buyer: Actor;
  readonly auditor: Actor;
};

/** Two suppliers with their whole business each, open events with bids, and staff beside them. */
export async function makeTwoSuppliers(): Promise<TwoSuppliers> {
  const world = await makeWorld();
  const buyer = await world.staff('buyer');
  const auditor = await world.staff('auditor');
  const suppliers = [(await makeSupplier(world)).actor, (await makeSupplier(world)).actor] as const;
  for (const actor of suppliers) await trade(world, { actor, buyer });
  // Score sheets are read when scoring is over: one event's are, the other's are not.
  for (const [index, { supplierId: supplier_id }] of suppliers.entries())
    await fill(world.db, 'evaluation', {
      event_id: (await world.db('invitation').where({ supplier_id }).first('event_id')).event_id,
      state: index === 0 ? 'consensus' : 'scoring',
    });
  for (const actor of suppliers) await fillTheRest(world.db, actor);
  for (const person of [buyer, auditor]) await fillOfPerson(world.db, person);
  return { world, suppliers, buyer, auditor };
}

let made = 0;

async function trade(world: World, { actor, buyer }: { actor: Actor; buyer: Actor }): Promise<void> {
  const { supplierId } = actor;
  const supplier = { supplierId: supplierId ?? '', userId: actor.userId ?? '', actor, name: '', email: '' };
  const { eventId, items } = await publishedEvent(world, { suppliers: [supplier], buyer });
  const { bidId } = await submittedBid(world, { supplier, eventId, items, prices: ['1', '2', '3'] });
  const order = await makeOrder(world, { supplierUser: actor, buyer });
  const announced = order.lines.map((line) => line.quantity);
  const receipt = await makeReceipt(world, order, { announced });
  await makeInvoice(world, {
    of: { order, receipt },
    lines: [{ unitPrice: '99' }],
    charges: [
      { orderChargeId: null, reason: 'freight', description: 'Courier', amount: '5', tax: null, row: 0 },
    ],
  });

  const { db } = world;
  await fill(db, 'handling_unit', {
    despatch_advice_id: receipt.receipt.despatchAdviceId,
    kind: 'pallet',
    sscc: String(made++).padStart(18, '0'),
  });
  const selfBillingId = newId();
  await fill(db, 'self_billing_agreement', {
    id: selfBillingId,
    supplier_id: supplierId,
    state: 'proposed',
    rhythm: 'receipt',
    number_prefix: 'SB',
    currencies: ['USD'],
    plant_codes: [],
    valid_from: '2026-03-02',
    valid_until: '2026-12-31',
  });
  await fill(db, 'self_billed_invoice', {
    agreement_id: selfBillingId,
    supplier_id: supplierId,
    order_id: order.order.id,
    goods_receipt_id: receipt.receipt.id,
    state: 'sent',
    sha256: '0'.repeat(64),
    figures: '{}',
  });
  const paymentId = newId();
  await fill(db, 'payment', {
    id: paymentId,
    supplier_id: supplierId,
    reference: newId(),
    currency: 'USD',
    state: 'ordered',
  });
  await fill(db, 'payment_line', { payment_id: paymentId, amount: 1 });
  const awardId = newId();
  const lineId = newId();
  const event_item_id = items[0]?.id;
  await fill(db, 'bid_file', { bid_id: bidId });
  await fill(db, 'bid_line', { id: lineId, bid_id: bidId, event_item_id });
  await fill(db, 'bid_reminder', { event_id: eventId, supplier_id: supplierId, minutes_before: 1440 });
  const agreement = await makeAgreement(world, { supplier: actor, buyer });
  const called = { agreement_id: agreement.agreementId, call_off_id: newId() };
  await fill(db, 'call_off', {
    id: called.call_off_id,
    agreement_id: called.agreement_id,
    supplier_id: supplierId,
    order_id: order.order.id,
  });
  await fill(db, 'call_off_line', { ...called, po_line_id: order.lines[0]?.id });
  const { forecastId } = await makeForecast(world, { supplier: actor, buyer, until: 'committed' });
  // One that is begun and not submitted, which is its supplier's alone.
  const begun = { forecastId, version: 1, revision: 0, note: '', lines: [] };
  await world.runInTx(actor, (ctx) => saveCommit(ctx, begun));
  const shortlistId = newId();
  await fill(db, 'supplier_shortlist', { id: shortlistId, name: shortlistId, owner_id: buyer.userId });
  await fill(db, 'supplier_shortlist_member', { shortlist_id: shortlistId, supplier_id: supplierId });
  const enquiryId = newId();
  await fill(db, 'enquiry', { id: enquiryId, event_id: eventId, supplier_id: supplierId });
  await fill(db, 'enquiry_response', { event_id: eventId, enquiry_id: enquiryId, audience: 'everybody' });
  await fill(db, 'clarification', {
    bid_id: bidId,
    event_id: eventId,
    supplier_id: supplierId,
    question: 'x',
    asked_at: new Date(0),
    answer_until: new Date(),
  });
  const amendmentId = newId();
  await fill(db, 'amendment', {
    id: amendmentId,
    event_id: eventId,
    number: 1,
    state: 'published',
    published_at: new Date(),
    reason: 'x',
    changes: '{}',
  });
  await fill(db, 'amendment_acknowledgement', { amendment_id: amendmentId, supplier_id: supplierId });
  const roundId = newId();
  await fill(db, 'round', { id: roundId, event_id: eventId, number: 2, reason: 'x' });
  await fill(db, 'round_participant', { round_id: roundId, supplier_id: supplierId });
  const scenarioId = newId();
  await fill(db, 'award_scenario', {
    id: scenarioId,
    event_id: eventId,
    method: 'one-supplier',
    supplier_id: supplierId,
  });
  await fill(db, 'award_scenario_line', { scenario_id: scenarioId, supplier_id: supplierId, event_item_id });
  const openingId = newId();
  await fill(db, 'opening', { id: openingId, event_id: eventId, rescue_requested_at: new Date() });
  await openerOf(db, { eventId, bidId, openingId, openerId: buyer.userId ?? '' });
  await fill(db, 'award', { id: awardId, event_id: eventId, state: 'active', reference: newId() });
  await fill(db, 'award_line', {
    award_id: awardId,
    supplier_id: supplierId,
    bid_line_id: lineId,
    event_item_id,
    is_lowest: true,
  });
  await fill(db, 'award_letter', { award_id: awardId, supplier_id: supplierId });
  await fill(db, 'award_objection', { award_id: awardId, supplier_id: supplierId, state: 'raised' });
  await fill(db, 'award_withdrawal', { award_id: awardId, supplier_id: supplierId });
  await fill(db, 'savings_entry', {
    award_id: awardId,
    event_id: eventId,
    supplier_id: supplierId,
    event_item_id,
  });
  await fill(db, 'document', {
    subject_type: 'purchase_order',
    subject_id: order.order.id,
    kind: 'order-pdf',
    sha256: 'a'.repeat(64),
    storage_key: newId(),
    visibility: 'supplier',
    supplier_id: supplierId,
    state: 'clean',
  });
  await fillOfSupplier(db, actor);
  await fillOfPerson(db, actor);
}

/** An opener with its key, its share of the bid and what it gave. */
async function openerOf(
  db: Knex,
  of: { eventId: string; bidId: string; openingId: string; openerId: string },
): Promise<void> {
  const { eventId, bidId, openingId, openerId } = of;
  const { id: envelopeId } = await db('bid_envelope').where({ bid_id: bidId }).first('id');
  const keyId = newId();
  const recipient = `age1${hash().slice(0, 58)}`;
  await fill(db, 'opener_key', { id: keyId, user_id: openerId, recipient });
  await fill(db, 'event_opener', { event_id: eventId, user_id: openerId, opener_key_id: keyId });
  const share = { envelope_id: envelopeId, opener_id: openerId };
  await fill(db, 'bid_envelope_share', {
    ...share,
    bid_id: bidId,
    opener_key_id: keyId,
    share_sha256: 'a'.repeat(64),
  });
  await fill(db, 'opener_part', { opening_id: openingId, opener_id: openerId });
  await fill(db, 'opener_share', { ...share, opening_id: openingId });
  await fill(db, 'bid_rescue', { envelope_id: envelopeId, bid_id: bidId });
  const opened = { envelope_id: envelopeId, opening_id: openingId, bid_id: bidId };
  await fill(db, 'opened_envelope', { ...opened, envelope: 'commercial', content: '{}' });
}

async function fillOfSupplier(db: Knex, { supplierId, userId }: Actor): Promise<void> {
  const of = { supplier_id: supplierId, user_id: userId };
  const siteId = newId();
  const contact = await db('supplier_contact').where({ supplier_id: supplierId }).first('id');
  await fill(db, 'supplier_site', { id: siteId, supplier_id: supplierId });
  await fill(db, 'supplier_contact_site', {
    contact_id: contact.id,
    site_id: siteId,
    supplier_id: supplierId,
  });
  await fill(db, 'supplier_recovery', { supplier_id: supplierId, state: 'requested', locale: 'en' });
  const nonconformanceId = newId();
  await fill(db, 'nonconformance', {
    id: nonconformanceId,
    supplier_id: supplierId,
    reference: newId(),
    quantity: '1',
    found: 'at_receipt',
    severity: 'minor',
    disposition: 'return',
    claim: 'none',
    state: 'sent',
    due_at: new Date(),
  });
  await fill(db, 'corrective_action', {
    supplier_id: supplierId,
    nonconformance_id: nonconformanceId,
    step: 'contained',
  });
  const statementId = newId();
  await fill(db, 'invoice_draft', { supplier_id: supplierId, state: 'draft', sha256: 'a'.repeat(64) });
  await fill(db, 'inspection', { supplier_id: supplierId, result: 'accepted', sample_size: 1 });
  await fill(db, 'statement', {
    id: statementId,
    supplier_id: supplierId,
    reference: newId(),
    plant_code: newId(),
    month: '2026-03-01',
    state: 'sent',
    sent_at: new Date(),
  });
  await fill(db, 'statement_line', { statement_id: statementId, kind: 'to_invoice' });
  const creditNoteId = newId();
  await fill(db, 'credit_note', {
    id: creditNoteId,
    supplier_id: supplierId,
    reference: newId(),
    kind: 'debit_note',
    nonconformance_id: newId(),
    net_amount: 1,
    taxes: JSON.stringify([{ category: 'O', rate: '0', taxableAmount: '1', taxAmount: '0' }]),
    tax_amount: 0,
    gross_amount: 1,
    state: 'sent',
  });
  await fill(db, 'credit_application', { credit_note_id: creditNoteId });
  await fill(db, 'supplier_item', { supplier_id: supplierId, unit: 'EA', supplier_unit: 'BX' });
  await fill(db, 'bank_account_change', {
    supplier_id: supplierId,
    state: 'requested',
    account_tail: '3000',
  });
  await fill(db, 'address_change', { ...of, state: 'requested' });
  const linkId = newId();
  await fill(db, 'signed_link', { ...of, id: linkId, token_hash: hash(), purpose: 'open' });
  await fill(db, 'signed_link_code', {
    ...of,
    link_id: linkId,
    act: 'order.acknowledge',
    content_hash: hash(),
    code_hash: hash(),
  });
  await fill(db, 'sign_in_failure', { ...of, who_fingerprint: newId() });
  await fill(db, 'page_view', { ...of, session: 'a'.repeat(16), route: '/x', batch_id: newId() });
  const about = { subject_type: 'invoice', supplier_id: supplierId };
  await fill(db, 'dispute', { ...about, topic: 'price', opened_by_side: 'supplier', reference: newId() });
  await fill(db, 'message', { ...about, author_side: 'supplier', kind: 'message' });
  await fill(db, 'message_reading', { ...about, side: 'supplier', user_id: userId });
}

async function fillOfPerson(db: Knex, { userId }: Actor): Promise<void> {
  const of = { user_id: userId };
  await fill(db, 'notification', { ...of, event_id: newId(), link: '/', state: 'queued' });
  await fill(db, 'interrupted_form', { ...of, path: '/x' });
  await fill(db, 'passkey', { ...of, credential_id: newId() });
  await fill(db, 'totp', of);
  await fill(db, 'recovery_code', { ...of, code_hash: hash() });
  await fill(db, 'sign_in_link', { ...of, token_hash: hash(), purpose: 'invitation' });
  await fill(db, 'known_device', { ...of, token_hash: hash() });
  await fill(db, 'passkey_offer', of);
  await fill(db, 'web_session', { sid: hash(), sess: JSON.stringify({ userId }) });
  await fill(db, 'report_export', {
    requested_by: userId,
    report: 'purchase-orders',
    format: 'csv',
    state: 'queued',
    reference: newId(),
  });
  await fill(db, 'mailbox_message', { message_id: newId() });
}

const hash = (): string => (newId() + newId()).replaceAll('-', '');

/** By the name of a column, or else by its type. */
const SAMPLES: Readonly<Record<string, (() => unknown) | undefined>> = {
  reference: () => newId(),
  currency: () => 'USD',
  uuid: () => newId(),
  text: () => 'x',
  jsonb: () => '{}',
  json: () => '{}',
  bytea: () => Buffer.from('x'),
  bool: () => false,
  date: () => '2026-03-02',
  timestamptz: () => '2026-03-02T10:00:00Z',
  int4: () => 1,
  int8: () => 1,
  numeric: () => 1,
  _text: () => [],
};

/** `word` is the first of those that a check accepts. */
type Column = { name: string; type: string; word: string | null };

/** Writes a row with these values, and with something in every other column that must have a value. */
async function fill(db: Knex, table: string, given: Record<string, unknown>): Promise<void> {
  const { rows } = await db.raw<{ rows: Column[] }>(
    `SELECT a.attname AS name, t.typname AS type,
            (SELECT substring(pg_get_constraintdef(c.oid) FROM 'ARRAY\\[''([^'']*)''')
               FROM pg_constraint AS c
              WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]
              ORDER BY 1 NULLS LAST LIMIT 1) AS word
       FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
      WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND a.attnotnull AND NOT a.atthasdef AND NOT a.attisdropped`,
    [table],
  );
  const sampled = rows
    .filter(({ name }) => !(name in given))
    .map(({ name, type, word }) => [name, word ?? (SAMPLES[name] ?? SAMPLES[type])?.()]);
  await db.transaction(async (tx) => {
    // What the rows refer to does not matter here.
    await tx.raw('SET LOCAL session_replication_role = replica');
    await tx(table).insert({ ...Object.fromEntries(sampled), ...given });
  });
}

const OF_PERSON = '(SELECT person.supplier_id FROM user_account AS person WHERE person.id = t.user_id)';
const invited = (column: string): string =>
  `(SELECT one.supplier_id FROM invitation AS one WHERE one.event_id = t.${column})`;

/** Whose a row is, said without the policies, where neither a column `supplier_id` nor a foreign key tells. */
const OWNERS: Readonly<Record<string, string>> = {
  supplier: 't.id',
  sourcing_event: invited('id'),
  event_item: invited('event_id'),
  event_key: invited('event_id'),
  event_opener: invited('event_id'),
  opener_key: `(SELECT one.supplier_id FROM event_opener AS opener JOIN invitation AS one ON one.event_id = opener.event_id
                  WHERE opener.opener_key_id = t.id)`,
  opening: invited('event_id'),
  amendment: invited('event_id'),
  round: invited('event_id'),
  outage_extension: invited('event_id'),
  award: invited('event_id'),
  interrupted_form: OF_PERSON,
  notification: OF_PERSON,
  web_session: `(SELECT person.supplier_id FROM user_account AS person WHERE person.id::text = t.sess ->> 'userId')`,
};

/** Tables whose rows belong to nobody in particular, and that no supplier's role can read at all. */
export const ofNobody = new Set([
  'link_request',
  'mailbox_message',
  'report_export',
  'supplier_shortlist',
  'supplier_shortlist_member',
]);
export const tablesWithOwners = Object.keys(guardedTables).filter((table) => !ofNobody.has(table));

export type ForeignKey = { table: string; column: string; parent: string };

export async function findForeignKeys(db: Knex): Promise<ForeignKey[]> {
  const { rows } = await db.raw<{ rows: ForeignKey[] }>(
    `SELECT c.conrelid::regclass::text AS "table", a.attname AS "column", c.confrelid::regclass::text AS parent
       FROM pg_constraint AS c
       JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
       JOIN pg_attribute AS p ON p.attrelid = c.confrelid AND p.attnum = c.confkey[1]
      WHERE c.contype = 'f' AND p.attname = 'id' AND c.conrelid <> c.confrelid AND a.attnotnull
      ORDER BY c.conkey[1]`,
  );
  return rows;
}

/** Whose a row of each table is: SQL about `t` that gives a supplier's id. */
export async function findOwners(db: Knex): Promise<(table: string, alias?: string) => string> {
  const keys = await findForeignKeys(db);
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'supplier_id'`,
  );
  const direct = new Set(rows.map(({ name }) => name));
  const ownerOf = (table: string, alias = 't'): string => {
    const said = OWNERS[table] ?? (direct.has(table) ? 't.supplier_id' : undefined);
    if (said !== undefined) return said.replaceAll(/\bt\./g, `${alias}.`);
    const toParent = (key: ForeignKey): boolean => key.table === table && key.parent in guardedTables;
    const key =
      keys.find((one) => toParent(one) && one.parent !== 'user_account') ??
      keys.find((one) => toParent(one) && one.column === 'user_id');
    if (key === undefined) throw new Error(`Say in OWNERS whose a row of ${table} is`);
    const parent = `${alias}_`;
    return `(SELECT ${ownerOf(key.parent, parent)} FROM ${key.parent} AS ${parent} WHERE ${parent}.id = ${alias}.${key.column})`;
  };
  return ownerOf;
}

/** A row of this supplier in every guarded table that has none yet, bound to its rows in the tables it refers to. */
async function fillTheRest(db: Knex, { supplierId, userId }: Actor): Promise<void> {
  const keys = await findForeignKeys(db);
  const ownerOf = await findOwners(db);
  const rowOf = async (table: string): Promise<Record<string, unknown> | undefined> =>
    (await db.raw(`SELECT t.* FROM ${table} AS t WHERE ${ownerOf(table)} = ? LIMIT 1`, [supplierId])).rows[0];
  for (const table of tablesWithOwners) {
    if ((await rowOf(table)) !== undefined) continue;
    const given: Record<string, unknown> = {};
    for (const { column, parent } of keys.filter((key) => key.table === table && key.parent in guardedTables))
      given[column] = parent === 'user_account' ? userId : (await rowOf(parent))?.['id'];
    const { rows } = await db.raw(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = ? AND column_name = 'supplier_id'`,
      [table],
    );
    if (rows.length > 0) given['supplier_id'] = supplierId;
    await fill(db, table, { ...given, ...WANTED[table] });
  }
}

/** What a sample cannot know of a table that {@link fillTheRest} writes to: the words its checks accept. */
const WANTED: Readonly<Record<string, Record<string, unknown>>> = {
  change_order: { lines: '[{}]' },
  dock_appointment: { state: 'proposed', starts_at: new Date(0), ends_at: new Date(1) },
  criterion: { kind: 'answers', weight: 50 },
  payment: { state: 'ordered' },
  early_payment: {
    state: 'proposed',
    pay_on: '2026-03-04',
    due_on: '2026-04-01',
    expires_on: '2026-03-02',
    base_amount: 10,
    discount_amount: 1,
  },
  service_entry: { state: 'submitted', quantity: '1' },
  qualification: { state: 'pending_approval', wanted: 'qualified' },
};

import type { Knex } from 'knex';
import { guardedTables } from '../../migrations/access/statements.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { makeReceipt } from '../support/factories/deliveries.ts';
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
  for (const person of [buyer, auditor]) await fillOfPerson(world.db, person);
  return { world, suppliers, buyer, auditor };
}

async function trade(world: World, { actor, buyer }: { actor: Actor; buyer: Actor }): Promise<void> {
  const { supplierId } = actor;
  const supplier = { supplierId: supplierId ?? '', userId: actor.userId ?? '', actor, name: '', email: '' };
  const { eventId, items } = await publishedEvent(world, { suppliers: [supplier], buyer });
  const { bidId } = await submittedBid(world, { supplier, eventId, items, prices: ['1', '2', '3'] });
  const order = await makeOrder(world, { supplierUser: actor, buyer });
  const announced = order.lines.map((line) => line.quantity);
  const receipt = await makeReceipt(world, order, { announced });
  await makeInvoice(world, { of: { order, receipt }, lines: [{ unitPrice: '99' }] });

  const { db } = world;
  const awardId = newId();
  const lineId = newId();
  const event_item_id = items[0]?.id;
  await fill(db, 'bid_file', { bid_id: bidId });
  await fill(db, 'bid_line', { id: lineId, bid_id: bidId, event_item_id });
  await fill(db, 'bid_reminder', { event_id: eventId, supplier_id: supplierId, hours_before: 24 });
  await fill(db, 'opening', { event_id: eventId });
  await fill(db, 'award', { id: awardId, event_id: eventId, state: 'active', reference: newId() });
  await fill(db, 'award_line', {
    award_id: awardId,
    supplier_id: supplierId,
    bid_line_id: lineId,
    event_item_id,
    is_lowest: true,
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

const SAMPLES: Readonly<Record<string, unknown>> = {
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

type Column = { name: string; type: string };

/** Writes a row with these values, and with something in every other column that must have a value. */
async function fill(db: Knex, table: string, given: Record<string, unknown>): Promise<void> {
  const { rows } = await db.raw<{ rows: Column[] }>(
    `SELECT a.attname AS name, t.typname AS type
       FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
      WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND a.attnotnull AND NOT a.atthasdef AND NOT a.attisdropped`,
    [table],
  );
  const sampled = rows
    .filter(({ name }) => !(name in given))
    .map(({ name, type }) => [name, (SAMPLES[type] as () => unknown)()]);
  await db.transaction(async (tx) => {
    // What the rows refer to does not matter here.
    await tx.raw('SET LOCAL session_replication_role = replica');
    await tx(table).insert({ ...Object.fromEntries(sampled), ...given });
  });
}

const OF_PERSON = '(SELECT person.supplier_id FROM user_account AS person WHERE person.id = t.user_id)';
const through = (parent: string, column: string): string =>
  `(SELECT parent.supplier_id FROM ${parent} AS parent WHERE parent.id = t.${column})`;
const invited = (column: string): string =>
  `(SELECT one.supplier_id FROM invitation AS one WHERE one.event_id = t.${column})`;

/** Whose a row is, said without the policies: by a column `supplier_id`, or by this. */
const OWNERS: Readonly<Record<string, string>> = {
  supplier: 't.id',
  sourcing_event: invited('id'),
  event_item: invited('event_id'),
  event_key: invited('event_id'),
  opening: invited('event_id'),
  award: invited('event_id'),
  bid_draft: through('bid', 'bid_id'),
  bid_file: through('bid', 'bid_id'),
  bid_version: through('bid', 'bid_id'),
  bid_line: through('bid', 'bid_id'),
  po_version: through('purchase_order', 'order_id'),
  po_line: through('purchase_order', 'order_id'),
  order_response: through('purchase_order', 'order_id'),
  po_schedule:
    '(SELECT o.supplier_id FROM po_line AS l JOIN purchase_order AS o ON o.id = l.order_id WHERE l.id = t.po_line_id)',
  despatch_line: through('despatch_advice', 'despatch_advice_id'),
  goods_receipt_line: through('goods_receipt', 'goods_receipt_id'),
  invoice_version: through('invoice', 'invoice_id'),
  invoice_line: through('invoice', 'invoice_id'),
  match_exception: through('invoice', 'invoice_id'),
  user_role: OF_PERSON,
  sign_in_link: OF_PERSON,
  passkey: OF_PERSON,
  totp: OF_PERSON,
  recovery_code: OF_PERSON,
  notification: OF_PERSON,
  interrupted_form: OF_PERSON,
  known_device: OF_PERSON,
  passkey_offer: OF_PERSON,
  web_session: `(SELECT person.supplier_id FROM user_account AS person WHERE person.id::text = t.sess ->> 'userId')`,
};

/** Tables whose rows belong to nobody in particular, and that no supplier's role can read at all. */
export const ofNobody = new Set(['link_request', 'mailbox_message', 'report_export']);

export const ownerOf = (table: string): string => OWNERS[table] ?? 't.supplier_id';
export const tablesWithOwners = Object.keys(guardedTables).filter((table) => !ofNobody.has(table));

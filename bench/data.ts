import type { Database } from '../src/platform/db/database.ts';

export const LINES_OF_A_LONG_ORDER = 50;
const LONG_ORDERS = 20;
const LINES_OF_A_SHORT_ORDER = 2;

/** Orders by SQL, of 40 suppliers and over three years, two lines each; 20 of them have 50 lines. */
export async function fillOrders(db: Database, orders: number): Promise<void> {
  await db.raw(MASTER_DATA);
  await db.raw(ORDERS, {
    orders,
    short: LINES_OF_A_SHORT_ORDER,
    long: LINES_OF_A_LONG_ORDER,
    some: LONG_ORDERS,
  });
  await db.raw(LINES);
  await db.raw(SCHEDULES);
  await db.raw(VERSIONS, [LINES_OF_A_LONG_ORDER]);
  await db.raw(RECORD, [LINES_OF_A_LONG_ORDER]);
  await db.raw('VACUUM ANALYZE');
}

/** Where the list's page at this many orders from the newest begins. */
export async function cursorAt(db: Database, offset: number): Promise<string> {
  const row = await db('purchase_order')
    .select('id', 'issued_on')
    .orderBy([
      { column: 'issued_on', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .offset(offset)
    .first<{ id: string; issued_on: string }>();
  return `${row.issued_on}~${row.id}`;
}

export const longOrderIds = (db: Database): Promise<string[]> =>
  db('purchase_order').where({ line_count: LINES_OF_A_LONG_ORDER }).pluck<string[]>('id');

const MASTER_DATA = `
  INSERT INTO plant (code, id, name_en, name_zh, address_lines, time_zone)
  VALUES ('QD01', uuidv7(), 'Qingdao plant', '青岛工厂', '{1 Hailan Road,266101 Qingdao}', 'Asia/Shanghai');
  INSERT INTO category (code, id, name_en, name_zh) VALUES ('MACH', uuidv7(), 'Machined parts', '机加工件');
  INSERT INTO supplier (id, reference, name, country, address_lines, language, state, created_at)
  SELECT uuidv7(), 'SUP-' || n, 'Orbit CNC & Söhne ' || n, 'DE', '{Werkstraße 4,70565 Stuttgart}', 'en',
         'registered', now()
    FROM generate_series(1, 40) AS n;
  INSERT INTO user_account (id, kind, name, email, locale, idp_entity_id, name_id, created_at)
  SELECT uuidv7(), 'staff', 'Buyer ' || locale, 'buyer-' || locale || '@hailan.example', locale, 'urn:bench',
         locale, now()
    FROM unnest('{en,zh-CN}'::text[]) AS locale;
  INSERT INTO user_role (user_id, role, granted_at) SELECT id, 'buyer', now() FROM user_account`;

const ORDERS = `
  WITH numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM supplier
  ), buyer AS (
    SELECT id FROM user_account ORDER BY id LIMIT 1
  )
  INSERT INTO purchase_order (id, reference, supplier_id, plant_code, buyer_id, title, currency, incoterm,
                              incoterm_place, payment_terms_days, state, total_amount, line_count, issued_on,
                              next_due_on, sent_at, created_at)
  SELECT uuidv7(), 'PO-2026-' || lpad(n::text, 6, '0'), numbered.id, 'QD01', buyer.id,
         'Brackets & plates for series ' || n, 'USD', 'DAP', 'Qingdao', 30,
         (ARRAY['sent', 'acknowledged', 'open', 'part_received', 'closed'])[1 + n % 5],
         1250.5 + n % 9000, CASE WHEN n <= :some THEN :long ELSE :short END::integer,
         DATE '2024-01-01' + (n * 7919 % 1000), DATE '2027-01-01' + n % 90, now(), now()
    FROM generate_series(1, CAST(:orders AS integer)) AS n
    JOIN numbered ON numbered.place = n % 40
   CROSS JOIN buyer`;

const LINES = `
  INSERT INTO po_line (id, order_id, line_no, item_code, description, quantity, unit, unit_price, amount)
  SELECT uuidv7(), po.id, line_no, 'BR-' || line_no, 'Bracket, 6061-T6, anodised, drawing ' || line_no, 40, 'C62',
         12.5, 500
    FROM purchase_order AS po
   CROSS JOIN LATERAL generate_series(1, po.line_count) AS line_no`;

const SCHEDULES = `
  INSERT INTO po_schedule (id, po_line_id, quantity, due_on, shipped_quantity, received_quantity)
  SELECT uuidv7(), id, quantity, '2026-05-01', 20, 10 FROM po_line`;

const VERSIONS = `
  INSERT INTO po_version (id, order_id, version, content, sha256, issued_at)
  SELECT uuidv7(), id, 1, '{}', encode(sha256(id::text::bytea), 'hex'), now()
    FROM purchase_order WHERE line_count = ?`;

const RECORD = `
  INSERT INTO event (id, at, actor_kind, actor_name, action, subject_type, subject_id, supplier_id, from_state,
                     to_state)
  SELECT uuidv7(), now(), 'staff', 'Buyer', act.action, 'purchase_order', po.id, po.supplier_id, act.was, act.now
    FROM purchase_order AS po
   CROSS JOIN (VALUES ('purchase_order.issued', 'approved', 'sent'),
                      ('purchase_order.acknowledged', 'sent', 'acknowledged')) AS act (action, was, now)
   WHERE po.line_count = ?`;

/** Orders, and somebody who receives goods. */
export async function fillReceiver(db: Database, orders: number): Promise<void> {
  await fillOrders(db, orders);
  await db.raw(RECEIVER);
}

const RECEIVER = `
  WITH receiver AS (
    INSERT INTO user_account (id, kind, name, email, idp_entity_id, name_id, created_at)
    VALUES (uuidv7(), 'staff', 'Receiver', 'receiver@hailan.example', 'urn:bench', 'receiver', now())
    RETURNING id
  )
  INSERT INTO user_role (user_id, role, granted_at) SELECT id, 'receiver', now() FROM receiver`;

export const LINES_OF_A_STORM = 100;
export const LINES_OF_AN_OPENING = 200;
export const LINES_OF_A_SHEET = 2000;
export const LINES_OF_AN_EVENT = 50;

/** Open requirements of 50 lines to which every supplier is invited, with a user each. */
export async function fillEvents(db: Database, events: number, suppliers: number): Promise<void> {
  await db.raw(MASTER_DATA);
  await db.raw(BIDDERS, [suppliers]);
  await db.raw(EVENTS, { events, lines: LINES_OF_AN_EVENT });
  await db.raw('VACUUM ANALYZE');
}

/** One event of 100 lines with this many invited suppliers, and somebody who opens its bids. */
export async function fillStorm(db: Database, suppliers: number): Promise<void> {
  await db.raw(MASTER_DATA);
  await db.raw(MORE_SUPPLIERS, [suppliers]);
  await db.raw(BIDDERS, [suppliers]);
  await db.raw(EVENTS, { events: 1, lines: LINES_OF_A_STORM });
  await db.raw(OPENER);
  await db.raw('VACUUM ANALYZE');
}

/** Events of 200 lines with this many invited suppliers, and somebody who opens their bids. */
export async function fillOpening(db: Database, of: { events: number; suppliers: number }): Promise<void> {
  await db.raw(MASTER_DATA);
  await db.raw(MORE_SUPPLIERS, [of.suppliers]);
  await db.raw(BIDDERS, [of.suppliers]);
  await db.raw(EVENTS, { events: of.events, lines: LINES_OF_AN_OPENING });
  await db.raw(OPENER);
  await db.raw('VACUUM ANALYZE');
}

/** One event of 2,000 lines with one invited supplier. */
export async function fillSheetEvent(db: Database): Promise<void> {
  await db.raw(MASTER_DATA);
  await db.raw(BIDDERS, [1]);
  await db.raw(EVENTS, { events: 1, lines: LINES_OF_A_SHEET });
  await db.raw('VACUUM ANALYZE');
}

const MORE_SUPPLIERS = `
  INSERT INTO supplier (id, reference, name, country, address_lines, language, state, created_at)
  SELECT uuidv7(), 'SUP-' || n, 'Orbit CNC & Söhne ' || n, 'DE', '{Werkstraße 4,70565 Stuttgart}', 'en',
         'registered', now()
    FROM generate_series(41, CAST(? AS integer)) AS n`;

const OPENER = `
  WITH opener AS (
    INSERT INTO user_account (id, kind, name, email, idp_entity_id, name_id, created_at)
    VALUES (uuidv7(), 'staff', 'Opener', 'opener@hailan.example', 'urn:bench', 'opener', now())
    RETURNING id
  )
  INSERT INTO user_role (user_id, role, granted_at) SELECT id, 'bid_opener', now() FROM opener`;

const BIDDERS = `
  WITH bidder AS (
    INSERT INTO user_account (id, kind, name, email, supplier_id, created_at)
    SELECT uuidv7(), 'supplier', 'Sales of ' || supplier.reference, supplier.reference || '@supplier.example',
           supplier.id, now()
      FROM (SELECT * FROM supplier ORDER BY id LIMIT ?) AS supplier
    RETURNING id
  )
  INSERT INTO user_role (user_id, role, granted_at)
  SELECT id, role, now() FROM bidder CROSS JOIN unnest('{supplier_administrator,supplier_sales}'::text[]) AS role`;

const EVENTS = `
  WITH event AS (
    INSERT INTO sourcing_event (id, reference, event_type, title, category_code, plant_code, incoterm, currency,
                                payment_terms_days, closes_at, time_zone, state, owner_id, published_at, created_at)
    SELECT uuidv7(), 'RFQ-2026-' || n, 'rfq', 'Brackets ' || n, 'MACH', 'QD01', 'DAP', 'USD', 30,
           now() + interval '1 day', 'Asia/Shanghai', 'open', buyer.id, now(), now()
      FROM generate_series(1, CAST(:events AS integer)) AS n
     CROSS JOIN (SELECT id FROM user_account WHERE kind = 'staff' LIMIT 1) AS buyer
    RETURNING id
  ), item AS (
    INSERT INTO event_item (id, event_id, line_no, description, quantity, unit)
    SELECT uuidv7(), event.id, line_no, 'Bracket, 6061-T6, drawing ' || line_no, 40, 'C62'
      FROM event CROSS JOIN generate_series(1, CAST(:lines AS integer)) AS line_no
  )
  INSERT INTO invitation (id, event_id, supplier_id, state, invited_at)
  SELECT uuidv7(), event.id, user_account.supplier_id, 'invited', now()
    FROM event CROSS JOIN user_account WHERE user_account.kind = 'supplier'`;

import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { categoryOfOrder } from '../platform/db/scope.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { PoContent } from './po-version.ts';

/** One awarded line, beside what its order's header is made of. */
export type AwardedLine = {
  readonly supplierId: string;
  readonly eventId: string;
  readonly buyerId: string;
  readonly plantCode: string;
  readonly title: string;
  readonly currency: string;
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  readonly eventItemId: string;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly dueOn: Day | null;
};

/** What an order's lines were awarded at, in the currency of the award, which budgets are kept in. */
export async function findAwardedAmounts(
  ctx: Ctx,
  order: { id: string; awardId: string | null; supplierId: string },
): Promise<{ currency: string | null; amounts: ReadonlyMap<string, DecimalString> }> {
  if (order.awardId === null) return { currency: null, amounts: new Map() };
  const rows = await rowsOf<{ poLineId: string; amount: DecimalString; currency: string }>(
    ctx.tx,
    `SELECT line.id AS "poLineId", award_line.amount, award.currency
       FROM po_line AS line
       JOIN award ON award.id = ?
       JOIN award_line
         ON award_line.award_id = award.id
        AND award_line.event_item_id = line.event_item_id
        AND award_line.supplier_id = ?
        AND award_line.withdrawal_id IS NULL
      WHERE line.order_id = ?`,
    [order.awardId, order.supplierId, order.id],
  );
  return {
    currency: rows[0]?.currency ?? null,
    amounts: new Map(rows.map(({ poLineId, amount }) => [poLineId, amount])),
  };
}

/** Holds the award until the transaction ends, so that two deliveries of one message take turns. */
export const lockAward = (
  ctx: Ctx,
  awardId: string,
): Promise<{ state: string; standstillDays: number; outcome: string } | undefined> =>
  firstOf(
    ctx.tx,
    `SELECT award.state, award.standstill_days AS "standstillDays", award.outcome
       FROM award
      WHERE award.id = ?
        FOR NO KEY UPDATE`,
    [awardId],
  );

/** Does this supplier have nothing of the award any more? */
export const isPartWithdrawn = async (
  ctx: Ctx,
  of: { awardId: string; supplierId: string },
): Promise<boolean> =>
  (await firstOf(
    ctx.tx,
    `SELECT 1
       FROM award_line
      WHERE award_line.award_id = :awardId
        AND award_line.supplier_id = :supplierId
        AND award_line.withdrawal_id IS NULL`,
    of,
  )) === undefined;

/** The suppliers from whom all of their part of an award was withdrawn, and why. */
export const findWithdrawnOf = (
  ctx: Ctx,
  awardId: string,
): Promise<{ supplierId: string; reason: string }[]> =>
  rowsOf(
    ctx.tx,
    `SELECT line.supplier_id AS "supplierId", max(withdrawal.reason) AS reason
       FROM award_line AS line
       LEFT JOIN award_withdrawal AS withdrawal ON withdrawal.id = line.withdrawal_id
      WHERE line.award_id = ?
      GROUP BY line.supplier_id
     HAVING bool_and(line.withdrawal_id IS NOT NULL)
      ORDER BY line.supplier_id`,
    [awardId],
  );

/** The orders of an award that their suppliers do not have yet. */
export const findUnsentOrders = async (ctx: Ctx, awardId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      ctx.tx,
      `SELECT po.id
         FROM purchase_order AS po
        WHERE po.award_id = ?
          AND po.sent_at IS NULL
          AND po.state <> 'cancelled'
        ORDER BY po.id`,
      [awardId],
    )
  ).map((row) => row.id);

/** The lines of an award whose winner has no order yet, by supplier and line. */
export const findLinesToOrder = (ctx: Ctx, awardId: string): Promise<AwardedLine[]> =>
  rowsOf<AwardedLine>(
    ctx.tx,
    `SELECT award_line.supplier_id AS "supplierId", sourcing_event.id AS "eventId",
            sourcing_event.owner_id AS "buyerId", sourcing_event.plant_code AS "plantCode", sourcing_event.title,
            coalesce(bid.currency, award.currency) AS currency, sourcing_event.incoterm, sourcing_event.incoterm_place AS "incotermPlace",
            sourcing_event.payment_terms_days AS "paymentTermsDays", event_item.id AS "eventItemId",
            event_item.item_code AS "itemCode",
            event_item.description || coalesce(' · ' || alternate.description, '') AS description,
            award_line.quantity, event_item.unit,
            award_line.unit_price AS "unitPrice", award_line.price_base_quantity AS "priceBaseQuantity",
            event_item.need_by_on AS "dueOn"
       FROM award
       JOIN sourcing_event ON sourcing_event.id = award.event_id
       JOIN award_line ON award_line.award_id = award.id
       JOIN bid_line ON bid_line.id = award_line.bid_line_id
       JOIN bid ON bid.id = bid_line.bid_id
       LEFT JOIN bid_alternate AS alternate ON alternate.id = award_line.bid_alternate_id
       JOIN event_item ON event_item.id = award_line.event_item_id
      WHERE award.id = ?
        AND award_line.withdrawal_id IS NULL
        AND NOT EXISTS (
              SELECT FROM purchase_order AS po
               WHERE po.award_id = award.id AND po.supplier_id = award_line.supplier_id)
      ORDER BY award_line.supplier_id, event_item.line_no`,
    [awardId],
  );

/** The category of what was awarded. */
export const findAwardCategory = async (ctx: Ctx, awardId: string): Promise<string | undefined> =>
  (
    await firstOf<{ categoryCode: string }>(
      ctx.tx,
      `SELECT event.category_code AS "categoryCode"
         FROM award
         JOIN sourcing_event AS event ON event.id = award.event_id
        WHERE award.id = ?`,
      [awardId],
    )
  )?.categoryCode;

/** Has this supplier an agreement of the award? */
export const isAgreedOn = async (ctx: Ctx, of: { awardId: string; supplierId: string }): Promise<boolean> =>
  (await firstOf(
    ctx.tx,
    `SELECT 1
       FROM agreement
      WHERE agreement.award_id = :awardId AND agreement.supplier_id = :supplierId`,
    of,
  )) !== undefined;

/** Who is who on the document, as they are at this moment. */
export type OrderParties = Pick<PoContent, 'buyer' | 'supplier' | 'plant' | 'eventReference'>;

/** @returns undefined when one of them does not exist */
export const findParties = async (
  ctx: Ctx,
  of: { supplierId: string; plantCode: string; buyerId: string; eventId: string | null },
): Promise<OrderParties | undefined> =>
  (
    await named<OrderParties>(ctx.tx, {
      name: 'purchase_order.parties',
      text: `
        SELECT jsonb_build_object('name', buyer.name, 'email', buyer.email) AS buyer,
               jsonb_build_object('reference', supplier.reference, 'name', supplier.name,
                                  'addressLines', supplier.address_lines, 'country', supplier.country,
                                  'taxId', supplier.tax_id, 'language', supplier.language) AS supplier,
               jsonb_build_object('code', plant.code, 'nameEn', plant.name_en, 'nameZh', plant.name_zh,
                                  'addressLines', plant.address_lines) AS plant,
               (SELECT sourcing_event.reference FROM sourcing_event WHERE sourcing_event.id = $1) AS "eventReference"
          FROM supplier, plant, user_account AS buyer
         WHERE supplier.id = $2 AND plant.code = $3 AND buyer.id = $4`,
      values: [of.eventId, of.supplierId, of.plantCode, of.buyerId],
    })
  )[0];

/** Does work that was stated on an order wait for its answer? */
export const isWorkStated = async (ctx: Ctx, orderId: string): Promise<boolean> =>
  (
    await named<{ waits: boolean }>(ctx.tx, {
      name: 'purchase_order.work-stated',
      text: `SELECT EXISTS (SELECT FROM service_entry AS entry
                             WHERE entry.order_id = $1 AND entry.state = 'submitted') AS waits`,
      values: [orderId],
    })
  )[0]?.waits ?? false;

/** By what house rules of an order are chosen. */
export const findPlaceOf = async (
  ctx: Ctx,
  orderId: string,
): Promise<{ supplierReference: string; categoryCode: string | null; plantCode: string } | undefined> =>
  (
    await named<{ supplierReference: string; categoryCode: string | null; plantCode: string }>(ctx.tx, {
      name: 'purchase_order.place',
      text: `
        SELECT supplier.reference AS "supplierReference", ${categoryOfOrder('po')} AS "categoryCode",
               po.plant_code AS "plantCode"
          FROM purchase_order AS po
          JOIN supplier ON supplier.id = po.supplier_id
         WHERE po.id = $1`,
      values: [orderId],
    })
  )[0];

/** Who is told when a buyer leaves a supplier without an answer: approvers in whose plants and categories the order lies. */
export const findSuperiors = async (ctx: Ctx, orderId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      ctx.tx,
      `SELECT person.id
         FROM purchase_order AS po
         JOIN user_account AS person ON person.is_active AND person.id <> po.buyer_id
        WHERE po.id = ?
          AND EXISTS (SELECT FROM user_role
                       WHERE user_role.user_id = person.id AND user_role.role = 'approver')
          AND NOT EXISTS (SELECT FROM user_scope AS own
                           WHERE own.user_id = person.id
                           GROUP BY own.kind
                          HAVING NOT COALESCE(bool_or(own.code = CASE own.kind WHEN 'plant' THEN po.plant_code
                                                                 ELSE ${categoryOfOrder('po')} END), false))
        ORDER BY person.id
        LIMIT 50`,
      [orderId],
    )
  ).map((row) => row.id);

/** The number of the agreement that an order was called off of. */
export const findAgreementReference = async (ctx: Ctx, orderId: string): Promise<string | null> =>
  (
    await named<{ reference: string }>(ctx.tx, {
      name: 'purchase_order.agreement',
      text: `
        SELECT agreement.reference
          FROM call_off
          JOIN agreement ON agreement.id = call_off.agreement_id
         WHERE call_off.order_id = $1`,
      values: [orderId],
    })
  )[0]?.reference ?? null;

/** The header of the order's page: what the order names only by id. */
export type OrderNames = {
  readonly supplierName: string;
  readonly plantNameEn: string;
  readonly plantNameZh: string;
  readonly plantTimeZone: string;
  readonly buyerName: string;
  readonly buyerEmail: string;
  readonly eventReference: string | null;
  readonly awardReference: string | null;
  readonly agreementId: string | null;
  readonly agreementReference: string | null;
};

export async function findNames(ctx: Ctx, orderId: string): Promise<OrderNames | undefined> {
  const rows = await named<OrderNames>(ctx.tx, {
    name: 'purchase_order.names',
    text: `
      SELECT supplier.name AS "supplierName", plant.name_en AS "plantNameEn", plant.name_zh AS "plantNameZh",
             plant.time_zone AS "plantTimeZone", buyer.name AS "buyerName", buyer.email AS "buyerEmail",
             sourcing_event.reference AS "eventReference", award.reference AS "awardReference",
             agreement.id AS "agreementId", agreement.reference AS "agreementReference"
        FROM purchase_order AS po
        JOIN supplier ON supplier.id = po.supplier_id
        JOIN plant ON plant.code = po.plant_code
        JOIN user_account AS buyer ON buyer.id = po.buyer_id
        LEFT JOIN sourcing_event ON sourcing_event.id = po.event_id
        LEFT JOIN award ON award.id = po.award_id
        LEFT JOIN call_off ON call_off.order_id = po.id
        LEFT JOIN agreement ON agreement.id = call_off.agreement_id
       WHERE po.id = $1`,
    values: [orderId],
  });
  return rows[0];
}

/** An order that waits for an answer, and how many there are in all. */
type Unanswered = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly sentAt: Date;
  readonly count: number;
};

/** The first five orders of this supplier, or of this buyer, that were sent before `sentBefore` and not answered. */
export const findUnanswered = (
  ctx: Ctx,
  of: { supplierId: string | null; buyerId: string | null; sentBefore: Date },
): Promise<Unanswered[]> =>
  named<Unanswered>(ctx.tx, {
    name: 'purchase_order.unanswered',
    text: `
      SELECT po.id, po.reference, po.title, po.sent_at AS "sentAt", count(*) OVER () AS count
        FROM purchase_order AS po
       WHERE po.state = 'sent'
         AND po.sent_at <= $3
         AND ($1::uuid IS NULL OR po.supplier_id = $1)
         AND ($2::uuid IS NULL OR po.buyer_id = $2)
       ORDER BY po.sent_at, po.id
       LIMIT 5`,
    values: [of.supplierId, of.buyerId, of.sentBefore],
  });

/** The first five drafts of this buyer, the oldest first, and how many there are in all. */
export const findDrafts = (
  ctx: Ctx,
  buyerId: string | null,
): Promise<Pick<Unanswered, 'id' | 'reference' | 'title' | 'count'>[]> =>
  named(ctx.tx, {
    name: 'purchase_order.drafts',
    text: `
      SELECT po.id, po.reference, po.title, count(*) OVER () AS count
        FROM purchase_order AS po
       WHERE po.state = 'draft' AND po.buyer_id = $1
       ORDER BY po.created_at, po.id
       LIMIT 5`,
    values: [buyerId],
  });

/** An order with an open proposal, and how many there are in all. */
type Proposed = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly dueAt: Date | null;
  readonly count: number;
};

/** The first five orders on which the other side proposed something to this supplier, or to this buyer. */
export const findProposed = (
  ctx: Ctx,
  of: { supplierId: string | null; buyerId: string | null },
): Promise<Proposed[]> =>
  named<Proposed>(ctx.tx, {
    name: 'purchase_order.proposed',
    text: `
      SELECT po.id, po.reference, po.title, min(change.due_at) AS "dueAt", count(*) OVER () AS count
        FROM change_order AS change
        JOIN purchase_order AS po ON po.id = change.order_id
       WHERE change.state = 'sent'
         AND change.proposed_side = CASE WHEN $1::uuid IS NULL THEN 'supplier' ELSE 'buyer' END
         AND ($1::uuid IS NULL OR change.supplier_id = $1)
         AND ($2::uuid IS NULL OR po.buyer_id = $2)
       GROUP BY po.id
       ORDER BY min(change.due_at), po.id
       LIMIT 5`,
    values: [of.supplierId, of.buyerId],
  });

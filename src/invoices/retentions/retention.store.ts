import type { Scope as Places } from '../../kernel/actor.ts';
import { newId } from '../../kernel/id.ts';
import type { DecimalString } from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { Tx } from '../../platform/db/context.ts';
import { inScope, placeByOrderId } from '../../platform/db/scope.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { Retained, RetentionState } from './retention.ts';

/** What is held back of an invoice, whatever became of it since: SQL about a row of that name. */
export const heldBackOf = (invoice: string): string =>
  `COALESCE((SELECT sum(held_back.amount) FROM retention AS held_back
              WHERE held_back.invoice_id = ${invoice}.id AND held_back.state <> 'void'), 0)`;

/**
 * The day that a retention is released by itself: so long after the last receipt of its order, once all of that has
 * come. SQL about rows `retention` and its order `po`.
 */
export const RELEASE_ON = `
         (CASE WHEN po.state IN ('received', 'part_invoiced', 'invoiced', 'closed')
                AND po.payment_plan #>> '{retention,releaseAfter}' IS NOT NULL
               THEN ((SELECT max(receipt.received_on) FROM goods_receipt AS receipt
                       WHERE receipt.order_id = po.id AND receipt.state = 'posted')
                     + make_interval(
                         days => CASE po.payment_plan #>> '{retention,releaseUnit}' WHEN 'days'
                                 THEN (po.payment_plan #>> '{retention,releaseAfter}')::integer ELSE 0 END,
                         months => CASE po.payment_plan #>> '{retention,releaseUnit}' WHEN 'months'
                                   THEN (po.payment_plan #>> '{retention,releaseAfter}')::integer ELSE 0 END))::date END)`;

const RETAINED = `
  SELECT retention.id, retention.invoice_id AS "invoiceId", retention.order_id AS "orderId",
         retention.supplier_id AS "supplierId", retention.currency, trim_scale(retention.percent)::text AS percent,
         retention.amount, retention.state, retention.reason, retention.answer, retention.asked_by AS "askedBy",
         retention.asked_at AS "askedAt", retention.released_by AS "releasedBy",
         retention.released_at AS "releasedAt", ${RELEASE_ON} AS "releaseOn", invoice.state AS "invoiceState",
         retention.version
    FROM retention
    JOIN invoice ON invoice.id = retention.invoice_id
    JOIN purchase_order AS po ON po.id = retention.order_id
   WHERE retention.state <> 'void'`;

/** One that this reader may know of, held until the transaction ends. */
export const lockRetention = (tx: Tx, of: Places & { id: string }): Promise<Retained | undefined> =>
  firstOf<Retained>(
    tx,
    `${RETAINED} AND retention.id = :id
      AND ${inScope(placeByOrderId('retention.order_id'), { plants: ':plants', categories: ':categories' })}
      FOR UPDATE OF retention`,
    of,
  );

/** What is held back of an invoice. */
export const findRetained = (tx: Tx, invoiceId: string): Promise<Retained[]> =>
  rowsOf<Retained>(
    tx,
    `${RETAINED} AND retention.invoice_id = ? ORDER BY retention.created_at, retention.id`,
    [invoiceId],
  );

/** Those whose date has come, held until the transaction ends; another sweep takes the others. */
export const lockDue = (tx: Tx, of: { today: Day; limit: number }): Promise<Retained[]> =>
  rowsOf<Retained>(
    tx,
    `${RETAINED} AND retention.state IN ('held', 'asked')
      AND invoice.state IN ('approved', 'scheduled', 'paid', 'credited')
      AND ${RELEASE_ON} <= :today
      ORDER BY retention.created_at, retention.id
      LIMIT :limit
      FOR UPDATE OF retention SKIP LOCKED`,
    of,
  );

export type NewRetention = Pick<
  Retained,
  'invoiceId' | 'orderId' | 'supplierId' | 'currency' | 'percent' | 'amount' | 'state'
>;

export async function insertRetentions(tx: Tx, all: readonly NewRetention[], at: Date): Promise<void> {
  if (all.length === 0) return;
  await tx('retention').insert(
    all.map((one) => ({
      id: newId(),
      invoice_id: one.invoiceId,
      order_id: one.orderId,
      supplier_id: one.supplierId,
      currency: one.currency,
      percent: one.percent,
      amount: one.amount,
      state: one.state,
      created_at: at,
    })),
  );
}

/** What was held back of an invoice that is corrected or rejected is not any more. */
export async function voidRetentions(tx: Tx, invoiceId: string): Promise<void> {
  await tx('retention')
    .where({ invoice_id: invoiceId })
    .whereNot({ state: 'void' })
    .update({ state: 'void', version: tx.raw('version + 1') });
}

/** Saves what acts change. */
export async function saveRetention(tx: Tx, one: Retained): Promise<void> {
  await tx('retention')
    .where({ id: one.id })
    .update({
      state: one.state,
      reason: one.reason,
      answer: one.answer,
      asked_by: one.askedBy,
      asked_at: one.askedAt,
      released_by: one.releasedBy,
      released_at: one.releasedAt,
      version: tx.raw('version + 1'),
    });
}

/** A released retention as a run takes it. */
export type RetentionOfRun = {
  readonly id: string;
  readonly retentionId: string;
  readonly invoiceId: string;
  readonly reference: string;
  readonly supplierNumber: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly orderReference: string;
  readonly buyerIds: readonly string[];
  readonly currency: string;
  readonly dueOn: Day;
  readonly grossAmount: DecimalString;
  readonly payable: DecimalString;
  readonly state: RetentionState;
};

/** What a run shows and takes of them: the day they were released stands for the day they are due. */
const OF_RUN = `
  SELECT retention.id, retention.id AS "retentionId", retention.invoice_id AS "invoiceId", invoice.reference,
         invoice.supplier_number AS "supplierNumber", retention.supplier_id AS "supplierId",
         supplier.name AS "supplierName", po.reference AS "orderReference", ARRAY[po.buyer_id::text] AS "buyerIds",
         retention.currency, (retention.released_at AT TIME ZONE 'UTC')::date AS "dueOn",
         retention.amount AS "grossAmount", retention.amount AS payable, retention.state
    FROM retention
    JOIN invoice ON invoice.id = retention.invoice_id
    JOIN supplier ON supplier.id = retention.supplier_id
    JOIN purchase_order AS po ON po.id = retention.order_id`;
const IN_PLACES = inScope(placeByOrderId('retention.order_id'), {
  plants: ':plants',
  categories: ':categories',
});

/** Holds these until the transaction ends: those the actor may know of. */
export const lockRetentions = (tx: Tx, of: Places & { ids: readonly string[] }): Promise<RetentionOfRun[]> =>
  rowsOf<RetentionOfRun>(
    tx,
    `${OF_RUN} WHERE retention.id = ANY (CAST(:ids AS uuid[])) AND ${IN_PLACES}
      ORDER BY retention.id FOR UPDATE OF retention`,
    { ...of, ids: [...of.ids] },
  );

/** Those of a currency that the actor may pay, by supplier; at most so many. */
export const findReleased = (
  tx: Tx,
  of: Places & { currency: string; persons: readonly string[]; limit: number },
): Promise<RetentionOfRun[]> =>
  rowsOf<RetentionOfRun>(
    tx,
    `${OF_RUN} WHERE retention.state = 'released' AND retention.currency = :currency
        AND NOT (po.buyer_id::text = ANY (CAST(:persons AS text[]))) AND ${IN_PLACES}
      ORDER BY supplier.name, supplier.id, retention.released_at, retention.id
      LIMIT :limit`,
    { ...of, persons: [...of.persons] },
  );

/** Gives retentions their next state. */
export const moveRetentions = (
  tx: Tx,
  of: { ids: readonly string[]; state: RetentionState; paidOn: Day | null },
): Promise<unknown> =>
  tx('retention')
    .whereIn('id', [...of.ids])
    .update({ state: of.state, paid_on: of.paidOn, version: tx.raw('version + 1') });

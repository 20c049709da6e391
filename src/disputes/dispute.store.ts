import type { Scope as Places } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope, type Place, placeByOrderId } from '../platform/db/scope.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { Dispute, DisputedType } from './dispute.ts';

export const DISPUTE = `
  SELECT dispute.id, dispute.reference, dispute.subject_type AS "subjectType", dispute.subject_id AS "subjectId",
         dispute.subject_reference AS "subjectReference", dispute.supplier_id AS "supplierId",
         dispute.owner_id AS "ownerId", dispute.topic, dispute.title, dispute.state,
         dispute.opened_by AS "openedBy", dispute.opened_by_side AS "openedBySide", dispute.proposal,
         dispute.proposed_by AS "proposedBy", dispute.proposed_by_side AS "proposedBySide",
         dispute.due_at AS "dueAt", dispute.reminded_at AS "remindedAt", dispute.decision,
         dispute.decided_by AS "decidedBy", dispute.created_at AS "createdAt", dispute.closed_at AS "closedAt",
         dispute.version
    FROM dispute`;

const BY_ORDER = placeByOrderId(`(
  CASE dispute.subject_type
    WHEN 'purchase_order' THEN dispute.subject_id
    WHEN 'despatch_advice' THEN (SELECT da.order_id FROM despatch_advice AS da WHERE da.id = dispute.subject_id)
    WHEN 'goods_receipt' THEN (SELECT gr.order_id FROM goods_receipt AS gr WHERE gr.id = dispute.subject_id)
    ELSE (SELECT invoice.order_id FROM invoice WHERE invoice.id = dispute.subject_id)
  END)`);
const ofForecast = (column: string, orElse: string): string =>
  `(CASE dispute.subject_type
      WHEN 'forecast' THEN (SELECT one.${column} FROM forecast AS one WHERE one.id = dispute.subject_id)
      ELSE ${orElse}
    END)`;
/** Where the document a dispute is about lies: a forecast by itself, everything else with its order. */
export const PLACE: Place = {
  plant: ofForecast('plant_code', BY_ORDER.plant),
  category: ofForecast('category_code', BY_ORDER.category),
};

/**
 * What the reader sees: a supplier's people their own (null sees all), about the kinds of documents they read, at the
 * plants and in the categories that staff are limited to.
 */
export type Scope = Places & {
  readonly id: string;
  readonly supplierId: string | null;
  readonly types: readonly DisputedType[];
};

const read = async (tx: Tx, how: 'find' | 'lock', of: Scope): Promise<Dispute | undefined> =>
  (
    await named<Dispute>(tx, {
      name: `dispute.${how}`,
      text: `${DISPUTE}
        WHERE dispute.id = $1 AND ($2::uuid IS NULL OR dispute.supplier_id = $2)
          AND dispute.subject_type = ANY ($3::text[])
          AND ${inScope(PLACE, { plants: '$4', categories: '$5' })}${how === 'lock' ? ' FOR UPDATE OF dispute' : ''}`,
      values: [of.id, of.supplierId, of.types, of.plants, of.categories],
    })
  )[0];

export const findById = (tx: Tx, of: Scope): Promise<Dispute | undefined> => read(tx, 'find', of);
export const lockById = (tx: Tx, of: Scope): Promise<Dispute | undefined> => read(tx, 'lock', of);

export async function insertDispute(tx: Tx, dispute: Dispute): Promise<void> {
  await tx('dispute').insert({
    id: dispute.id,
    reference: dispute.reference,
    subject_type: dispute.subjectType,
    subject_id: dispute.subjectId,
    subject_reference: dispute.subjectReference,
    supplier_id: dispute.supplierId,
    owner_id: dispute.ownerId,
    topic: dispute.topic,
    title: dispute.title,
    opened_by: dispute.openedBy,
    opened_by_side: dispute.openedBySide,
    created_at: dispute.createdAt,
    ...moving(dispute),
  });
}

export async function saveDispute(tx: Tx, dispute: Dispute): Promise<void> {
  await tx('dispute')
    .where({ id: dispute.id })
    .update({ ...moving(dispute), version: tx.raw('version + 1') });
}

const moving = (dispute: Dispute) => ({
  state: dispute.state,
  proposal: dispute.proposal,
  proposed_by: dispute.proposedBy,
  proposed_by_side: dispute.proposedBySide,
  due_at: dispute.dueAt,
  reminded_at: dispute.remindedAt,
  decision: dispute.decision,
  decided_by: dispute.decidedBy,
  closed_at: dispute.closedAt,
});

/** Disputes that are due, for the clock; what somebody is writing to waits for the next time. */
export const lockDue = (tx: Tx, at: Date, limit: number): Promise<Dispute[]> =>
  rowsOf<Dispute>(
    tx,
    `${DISPUTE}
      WHERE dispute.due_at <= ?
      ORDER BY dispute.due_at
      LIMIT ?
        FOR UPDATE SKIP LOCKED`,
    [at, limit],
  );

import type { Scope as Places } from '../kernel/actor.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope, placeByOrderId } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import type { DespatchAdvice, DespatchLine, DespatchState } from './despatch-advice.ts';

/** Announced, and not counted yet: in these words an index has them. */
export const UNDER_WAY = `da.state IN ('submitted', 'in_transit', 'arrived')`;

const DESPATCH = `
  SELECT da.id, da.reference, da.order_id AS "orderId", da.supplier_id AS "supplierId", da.plant_code AS "plantCode",
         da.state, da.despatched_on AS "despatchedOn", da.expected_on AS "expectedOn", da.carrier,
         da.tracking_number AS "trackingNumber", da.note, da.packing_no AS "packingNo", da.packed_at AS "packedAt",
         da.departed_at AS "departedAt", da.arrived_at AS "arrivedAt", da.rejection_reason AS "rejectionReason",
         da.created_by AS "createdBy", da.created_at AS "createdAt"
    FROM despatch_advice AS da`;

/** With a supplier, one of its own only; null for anybody's in these plants and categories. */
type Scope = Places & { readonly id: string; readonly supplierId: string | null };

const SEEN = `da.id = $1 AND ($2::uuid IS NULL OR da.supplier_id = $2)
     AND ${inScope(placeByOrderId('da.order_id'), { plants: '$3', categories: '$4' })}`;

export async function findDespatchById(tx: Tx, of: Scope): Promise<DespatchAdvice | undefined> {
  const rows = await named<DespatchAdvice>(tx, {
    name: 'despatch_advice.find',
    text: `${DESPATCH} WHERE ${SEEN}`,
    values: [of.id, of.supplierId, of.plants, of.categories],
  });
  return rows[0];
}

/** Holds the row until the transaction ends. The order is locked before it, always. */
export async function lockDespatchById(tx: Tx, of: Scope): Promise<DespatchAdvice | undefined> {
  const rows = await named<DespatchAdvice>(tx, {
    name: 'despatch_advice.lock',
    text: `${DESPATCH} WHERE ${SEEN} FOR UPDATE OF da`,
    values: [of.id, of.supplierId, of.plants, of.categories],
  });
  return rows[0];
}

/** The delivery that was announced with this form already. */
export async function findDespatchByKey(
  tx: Tx,
  idempotencyKey: string,
): Promise<Pick<DespatchAdvice, 'id' | 'orderId'> | undefined> {
  const rows = await named<Pick<DespatchAdvice, 'id' | 'orderId'>>(tx, {
    name: 'despatch_advice.by-key',
    text: `SELECT da.id, da.order_id AS "orderId" FROM despatch_advice AS da WHERE da.idempotency_key = $1`,
    values: [idempotencyKey],
  });
  return rows[0];
}

export const findLinesOfDespatch = (
  tx: Tx,
  despatchId: string,
): Promise<(DespatchLine & { readonly orderId: string })[]> =>
  named(tx, {
    name: 'despatch_line.of-advice',
    text: `
      SELECT line.po_line_id AS "poLineId", line.quantity, po_line.order_id AS "orderId"
        FROM despatch_line AS line
        JOIN po_line ON po_line.id = line.po_line_id
       WHERE line.despatch_advice_id = $1
       ORDER BY po_line.order_id, po_line.line_no`,
    values: [despatchId],
  });

/** What the order's deliveries have under way, by order line, without one of them. */
export async function findUnderWay(
  tx: Tx,
  of: { orderId: string; withoutDespatchId: string | null },
): Promise<ReadonlyMap<string, DecimalString>> {
  const rows = await named<DespatchLine>(tx, {
    name: 'despatch_line.under-way',
    text: `
      SELECT line.po_line_id AS "poLineId", sum(line.quantity) AS quantity
        FROM despatch_advice AS da
        JOIN despatch_line AS line ON line.despatch_advice_id = da.id
        JOIN po_line ON po_line.id = line.po_line_id
       WHERE po_line.order_id = $1
         AND ${UNDER_WAY}
         AND ($2::uuid IS NULL OR da.id <> $2)
       GROUP BY line.po_line_id`,
    values: [of.orderId, of.withoutDespatchId],
  });
  return new Map(rows.map((row) => [row.poLineId, row.quantity]));
}

export type NewDespatch = Omit<
  DespatchAdvice,
  'packingNo' | 'packedAt' | 'departedAt' | 'arrivedAt' | 'rejectionReason'
> & {
  readonly idempotencyKey: string;
  readonly siteId: string | null;
  readonly lines: readonly (DespatchLine & { readonly id: string })[];
};

/** Writes the announcement, then its lines: a line is taken only on an announcement that can be seen already. */
export async function insertDespatch(tx: Tx, despatch: NewDespatch): Promise<void> {
  await named(tx, {
    name: 'despatch_advice.insert',
    text: `
      INSERT INTO despatch_advice (id, reference, order_id, supplier_id, plant_code, state, despatched_on,
                                   expected_on, carrier, tracking_number, note, created_by, created_at,
                                   idempotency_key, site_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    values: [
      despatch.id,
      despatch.reference,
      despatch.orderId,
      despatch.supplierId,
      despatch.plantCode,
      despatch.state,
      despatch.despatchedOn,
      despatch.expectedOn,
      despatch.carrier,
      despatch.trackingNumber,
      despatch.note,
      despatch.createdBy,
      despatch.createdAt,
      despatch.idempotencyKey,
      despatch.siteId,
    ],
  });
  await named(tx, {
    name: 'despatch_line.insert',
    text: `
      INSERT INTO despatch_line (id, despatch_advice_id, po_line_id, quantity)
      SELECT row.id, $1, row."poLineId", row.quantity
        FROM jsonb_to_recordset($2::jsonb) AS row (id uuid, "poLineId" uuid, quantity numeric)`,
    values: [despatch.id, JSON.stringify(despatch.lines)],
  });
}

export async function saveDespatchState(tx: Tx, of: { id: string; state: DespatchState }): Promise<void> {
  await tx('despatch_advice').where({ id: of.id }).update({ state: of.state });
}

/** Who carries the goods, from when they have left. */
export async function saveDeparture(
  tx: Tx,
  of: Pick<DespatchAdvice, 'id' | 'state' | 'carrier' | 'trackingNumber'> & { departedAt: Date },
): Promise<void> {
  const { state, carrier, trackingNumber, departedAt } = of;
  await tx('despatch_advice')
    .where({ id: of.id })
    .update({ state, carrier, tracking_number: trackingNumber, departed_at: departedAt });
}

export async function saveArrival(
  tx: Tx,
  of: Pick<DespatchAdvice, 'id' | 'state'> & { arrivedBy: string; arrivedAt: Date },
): Promise<void> {
  await tx('despatch_advice')
    .where({ id: of.id })
    .update({ state: of.state, arrived_by: of.arrivedBy, arrived_at: of.arrivedAt });
}

export async function saveRejection(
  tx: Tx,
  of: Pick<DespatchAdvice, 'id' | 'state' | 'rejectionReason'> & { rejectedBy: string; rejectedAt: Date },
): Promise<void> {
  await tx('despatch_advice').where({ id: of.id }).update({
    state: of.state,
    rejection_reason: of.rejectionReason,
    rejected_by: of.rejectedBy,
    rejected_at: of.rejectedAt,
  });
}

export async function saveExpectedOn(tx: Tx, of: Pick<DespatchAdvice, 'id' | 'expectedOn'>): Promise<void> {
  await tx('despatch_advice').where({ id: of.id }).update({ expected_on: of.expectedOn });
}

/** Which orders these lines are of; those of an order that cannot be seen are left out. */
export async function findOrderIds(tx: Tx, poLineIds: readonly string[]): Promise<string[]> {
  const rows = await named<{ orderId: string }>(tx, {
    name: 'po_line.orders',
    text: 'SELECT DISTINCT po_line.order_id AS "orderId" FROM po_line WHERE po_line.id = ANY ($1)',
    values: [poLineIds],
  });
  return rows.map((row) => row.orderId);
}

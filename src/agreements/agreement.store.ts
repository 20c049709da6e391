import type { Scope } from '../kernel/actor.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { Agreement } from './agreement.ts';
import type { AgreementCharge } from './agreement-charges.ts';
import type { AgreementTerms } from './agreement-version.ts';
import type { AgreementLine } from './call-off.ts';

/** Whose agreements may be read: a supplier's own that it was shown, or those of these plants and categories. */
export type Reading = Scope & { readonly supplierId: string | null };

const AGREEMENT = `
  SELECT agreement.id, agreement.reference, agreement.kind, agreement.supplier_id AS "supplierId",
         agreement.owner_id AS "ownerId", agreement.title, agreement.category_code AS "categoryCode",
         agreement.plant_codes AS "plantCodes", agreement.currency, agreement.incoterm,
         agreement.incoterm_place AS "incotermPlace", agreement.payment_terms_days AS "paymentTermsDays",
         agreement.valid_from AS "validFrom", agreement.valid_until AS "validUntil",
         agreement.notice_days AS "noticeDays", trim_scale(agreement.value_limit)::text AS "valueLimit",
         agreement.state, agreement.offered_at AS "offeredAt", agreement.in_force_version AS "inForceVersion",
         agreement.terminates_on AS "terminatesOn", agreement.termination_reason AS "terminationReason",
         agreement.terminated_by AS "terminatedBy", agreement.next_due_on AS "nextDueOn",
         agreement.reminded_days AS "remindedDays", agreement.version
    FROM agreement`;

/** SQL: may it be read? It lies at all of its plants. */
const READABLE = `
     (CAST(:supplierId AS uuid) IS NULL
      OR (agreement.supplier_id = CAST(:supplierId AS uuid) AND agreement.offered_at IS NOT NULL))
     AND COALESCE(agreement.plant_codes && CAST(:plants AS text[]), TRUE)
     AND COALESCE(agreement.category_code = ANY (CAST(:categories AS text[])), TRUE)`;

export const findById = (tx: Tx, id: string, reading: Reading): Promise<Agreement | undefined> =>
  firstOf<Agreement>(tx, `${AGREEMENT} WHERE agreement.id = :id AND ${READABLE}`, { id, ...reading });

/** Holds the agreement until the transaction ends: acts on it and orders from it take turns. */
export const lockById = (tx: Tx, id: string, reading: Reading): Promise<Agreement | undefined> =>
  firstOf<Agreement>(tx, `${AGREEMENT} WHERE agreement.id = :id AND ${READABLE} FOR UPDATE`, {
    id,
    ...reading,
  });

/** Like {@link lockById}, for whoever changes an order of it, wherever the agreement lies. */
export const lockForOrders = (tx: Tx, id: string): Promise<Agreement | undefined> =>
  firstOf<Agreement>(tx, `${AGREEMENT} WHERE agreement.id = ? FOR UPDATE`, [id]);

/** The agreement that an order was called off of, if it was. */
export const lockByOrder = async (tx: Tx, orderId: string): Promise<Agreement | undefined> =>
  (
    await named<Agreement>(tx, {
      name: 'agreement.lock-by-order',
      text: `${AGREEMENT}
       WHERE agreement.id = (SELECT call_off.agreement_id FROM call_off WHERE call_off.order_id = $1)
         FOR UPDATE`,
      values: [orderId],
    })
  )[0];

/** The agreements of an award with this supplier that were never in force and have not ended. */
export const findUnsignedOf = async (
  tx: Tx,
  of: { awardId: string; supplierId: string },
): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      `SELECT agreement.id
         FROM agreement
        WHERE agreement.award_id = :awardId
          AND agreement.supplier_id = :supplierId
          AND agreement.state IN ('draft', 'pending_approval', 'pending_signature')
        ORDER BY agreement.id`,
      of,
    )
  ).map(({ id }) => id);

/** One active agreement whose day has come and that nobody else looks at. */
export const lockNextDue = (tx: Tx, today: Day): Promise<Agreement | undefined> =>
  firstOf<Agreement>(
    tx,
    `${AGREEMENT}
      WHERE agreement.state = 'active' AND agreement.next_due_on <= CAST(? AS date)
      ORDER BY agreement.next_due_on, agreement.id
      LIMIT 1
        FOR UPDATE SKIP LOCKED`,
    [today],
  );

const termColumns = (terms: Omit<AgreementTerms, 'clauses' | 'lines'>) => ({
  kind: terms.kind,
  title: terms.title,
  category_code: terms.categoryCode,
  plant_codes: [...terms.plantCodes],
  currency: terms.currency,
  incoterm: terms.incoterm,
  incoterm_place: terms.incotermPlace,
  payment_terms_days: terms.paymentTermsDays,
  valid_from: terms.validFrom,
  valid_until: terms.validUntil,
  notice_days: terms.noticeDays,
  value_limit: terms.valueLimit,
});

export async function insertAgreement(
  tx: Tx,
  agreement: Pick<Agreement, 'id' | 'reference' | 'supplierId' | 'ownerId' | 'state'> & {
    readonly awardId: string | null;
    readonly terms: AgreementTerms;
    readonly createdAt: Date;
  },
): Promise<void> {
  await tx('agreement').insert({
    ...termColumns(agreement.terms),
    id: agreement.id,
    reference: agreement.reference,
    supplier_id: agreement.supplierId,
    owner_id: agreement.ownerId,
    award_id: agreement.awardId,
    state: agreement.state,
    created_at: agreement.createdAt,
  });
}

/** Gives the agreement the terms of a version: a first draft's, or those that came into force. */
export async function saveTerms(tx: Tx, id: string, terms: AgreementTerms): Promise<void> {
  await tx('agreement')
    .where({ id })
    .update({ ...termColumns(terms), version: tx.raw('version + 1') });
}

/** Saves what acts change of the agreement beside its terms. */
export async function saveAgreement(tx: Tx, agreement: Agreement): Promise<void> {
  await tx('agreement')
    .where({ id: agreement.id })
    .update({
      state: agreement.state,
      offered_at: agreement.offeredAt,
      in_force_version: agreement.inForceVersion,
      terminates_on: agreement.terminatesOn,
      termination_reason: agreement.terminationReason,
      terminated_by: agreement.terminatedBy,
      next_due_on: agreement.nextDueOn,
      reminded_days: agreement.remindedDays,
      version: tx.raw('version + 1'),
    });
}

/** Saves when it ends, by the notice of either side. */
export async function saveNotice(tx: Tx, agreement: Agreement): Promise<void> {
  await tx('agreement')
    .where({ id: agreement.id })
    .update({
      terminates_on: agreement.terminatesOn,
      termination_reason: agreement.terminationReason,
      terminated_by: agreement.terminatedBy,
      next_due_on: agreement.nextDueOn,
      version: tx.raw('version + 1'),
    });
}

/** The lines in force with what was called off of each; also those that a later version left out. */
export const findLines = (tx: Tx, agreementId: string): Promise<AgreementLine[]> =>
  rowsOf<AgreementLine>(
    tx,
    `SELECT line.id, line.line_no AS "lineNo", line.item_code AS "itemCode", line.description, line.unit,
            trim_scale(line.price_base_quantity)::text AS "priceBaseQuantity", line.tiers,
            trim_scale(line.quantity_limit)::text AS "quantityLimit", line.valid_from AS "validFrom",
            line.valid_until AS "validUntil", line.is_current AS "isCurrent",
            trim_scale(COALESCE(called.quantity, 0))::text AS "calledQuantity",
            trim_scale(COALESCE(called.amount, 0))::text AS "calledAmount"
       FROM agreement_line AS line
       LEFT JOIN (SELECT call_off_line.agreement_line_id, sum(call_off_line.quantity) AS quantity,
                         sum(call_off_line.amount) AS amount
                    FROM call_off_line
                   WHERE call_off_line.agreement_id = :agreementId
                   GROUP BY call_off_line.agreement_line_id) AS called ON called.agreement_line_id = line.id
      WHERE line.agreement_id = :agreementId
      ORDER BY line.line_no`,
    { agreementId },
  );

/** Puts the lines of a version in force: known numbers keep their id, and what is not there any more stays behind. */
export async function saveLines(
  tx: Tx,
  of: {
    agreementId: string;
    lines: readonly Pick<
      AgreementLine,
      | 'id'
      | 'lineNo'
      | 'itemCode'
      | 'description'
      | 'unit'
      | 'priceBaseQuantity'
      | 'tiers'
      | 'quantityLimit'
      | 'validFrom'
      | 'validUntil'
    >[];
  },
): Promise<void> {
  await tx('agreement_line').where({ agreement_id: of.agreementId }).update({ is_current: false });
  await rowsOf(
    tx,
    `INSERT INTO agreement_line (id, agreement_id, line_no, item_code, description, unit, price_base_quantity, tiers,
                                 quantity_limit, valid_from, valid_until, is_current)
     SELECT fresh.id, CAST(:agreementId AS uuid), fresh."lineNo", fresh."itemCode", fresh.description, fresh.unit,
            fresh."priceBaseQuantity", fresh.tiers, fresh."quantityLimit", fresh."validFrom", fresh."validUntil", true
       FROM jsonb_to_recordset(CAST(:lines AS jsonb))
         AS fresh (id uuid, "lineNo" integer, "itemCode" text, description text, unit text,
                   "priceBaseQuantity" numeric, tiers jsonb, "quantityLimit" numeric, "validFrom" date,
                   "validUntil" date)
     ON CONFLICT (agreement_id, line_no) DO UPDATE
        SET item_code = excluded.item_code, description = excluded.description, unit = excluded.unit,
            price_base_quantity = excluded.price_base_quantity, tiers = excluded.tiers,
            quantity_limit = excluded.quantity_limit, valid_from = excluded.valid_from,
            valid_until = excluded.valid_until, is_current = true`,
    { agreementId: of.agreementId, lines: JSON.stringify(of.lines) },
  );
}

/** What was called off in all. */
export const sumCalled = async (tx: Tx, agreementId: string): Promise<DecimalString> =>
  (
    await firstOf<{ called: DecimalString }>(
      tx,
      `SELECT trim_scale(COALESCE(sum(call_off_line.amount), 0))::text AS called
         FROM call_off_line
        WHERE call_off_line.agreement_id = ?`,
      [agreementId],
    )
  )?.called ?? '0';

/** What every order from an agreement is charged, by the version in force. */
export async function findChargesInForce(tx: Tx, agreementId: string): Promise<readonly AgreementCharge[]> {
  const rows = await named<{ charges: readonly AgreementCharge[] }>(tx, {
    name: 'agreement_version.charges-in-force',
    text: `
      SELECT COALESCE(version.terms -> 'charges', '[]') AS charges
        FROM agreement_version AS version
       WHERE version.agreement_id = $1 AND version.state = 'in_force'`,
    values: [agreementId],
  });
  return rows[0]?.charges ?? [];
}

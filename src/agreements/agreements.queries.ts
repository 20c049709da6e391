import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { AgreementTerms } from './agreement-version.ts';
import { readingOf } from './reading.queries.ts';

/** What the page of an agreement names that the agreement holds by id or code only. */
export type AgreementNames = {
  readonly supplierName: string;
  readonly ownerName: string;
  readonly ownerEmail: string;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plants: readonly { readonly code: string; readonly nameEn: string; readonly nameZh: string }[];
};

export const findNames = (ctx: Ctx, agreementId: string): Promise<AgreementNames | undefined> =>
  firstOf<AgreementNames>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", owner.name AS "ownerName", owner.email AS "ownerEmail",
            category.name_en AS "categoryEn", category.name_zh AS "categoryZh",
            (SELECT jsonb_agg(jsonb_build_object('code', plant.code, 'nameEn', plant.name_en, 'nameZh', plant.name_zh)
                              ORDER BY plant.code)
               FROM plant
              WHERE plant.code = ANY (agreement.plant_codes)) AS plants
       FROM agreement
       JOIN supplier ON supplier.id = agreement.supplier_id
       JOIN user_account AS owner ON owner.id = agreement.owner_id
       JOIN category ON category.code = agreement.category_code
      WHERE agreement.id = ?`,
    [agreementId],
  );

/** An order that was called off. */
export type ShownCallOff = {
  readonly orderId: string;
  readonly reference: string;
  readonly plantCode: string;
  readonly state: string;
  readonly calledAt: Date;
  readonly calledByName: string;
  readonly amount: DecimalString;
};

/** The last 50 orders from an agreement, of the plants the reader may see. */
export const findCallOffs = (ctx: Ctx, agreementId: string): Promise<ShownCallOff[]> =>
  rowsOf<ShownCallOff>(
    ctx.tx,
    `SELECT po.id AS "orderId", po.reference, po.plant_code AS "plantCode", po.state,
            call_off.called_at AS "calledAt", caller.name AS "calledByName",
            trim_scale(po.total_amount)::text AS amount
       FROM call_off
       JOIN purchase_order AS po ON po.id = call_off.order_id
       JOIN user_account AS caller ON caller.id = call_off.called_by
      WHERE call_off.agreement_id = :agreementId
        AND COALESCE(po.plant_code = ANY (CAST(:plants AS text[])), TRUE)
      ORDER BY call_off.called_at DESC, call_off.id DESC
      LIMIT 50`,
    { agreementId, plants: readingOf(ctx).plants },
  );

/** An agreement that waits for somebody, and how many there are in all. */
export type WaitingAgreement = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly count: number;
};

/** The first five agreements with an offered version that none of these persons wrote and this side has not signed. */
export const findWaiting = (
  ctx: Ctx,
  of: {
    side: 'buyer' | 'supplier';
    persons: readonly string[];
  },
): Promise<WaitingAgreement[]> =>
  rowsOf<WaitingAgreement>(
    ctx.tx,
    `SELECT agreement.id, agreement.reference, agreement.title, (count(*) OVER ())::int AS count
       FROM agreement_version AS version
       JOIN agreement ON agreement.id = version.agreement_id
      WHERE version.state = 'pending_signature'
        AND version.refused_at IS NULL
        AND (CAST(:supplierId AS uuid) IS NULL OR agreement.supplier_id = CAST(:supplierId AS uuid))
        AND COALESCE(agreement.plant_codes && CAST(:plants AS text[]), TRUE)
        AND COALESCE(agreement.category_code = ANY (CAST(:categories AS text[])), TRUE)
        AND NOT COALESCE(version.author_id = ANY (:persons), FALSE)
        AND NOT COALESCE(version.submitted_by = ANY (:persons), FALSE)
        AND NOT EXISTS (SELECT FROM agreement_signature AS signature
                         WHERE signature.agreement_id = agreement.id
                           AND signature.version = version.version
                           AND signature.sha256 = version.sha256
                           AND signature.side = :side)
      ORDER BY agreement.id
      LIMIT 5`,
    { ...readingOf(ctx), ...of, persons: [...of.persons] },
  );

/** The terms in force of active agreements with a formula that names this index, and with no version open. */
export const findIndexed = (
  ctx: Ctx,
  code: string,
): Promise<{ agreementId: string; terms: AgreementTerms }[]> =>
  rowsOf(
    ctx.tx,
    `SELECT agreement.id AS "agreementId", version.terms
       FROM agreement
       JOIN agreement_version AS version
         ON version.agreement_id = agreement.id AND version.version = agreement.in_force_version
      WHERE agreement.state = 'active'
        AND EXISTS (SELECT
                      FROM jsonb_array_elements(version.terms -> 'lines') AS line
                     WHERE strpos(line -> 'formula' ->> 'expression', :code) > 0)
        AND NOT EXISTS (SELECT
                          FROM agreement_version AS open
                         WHERE open.agreement_id = agreement.id
                           AND open.state IN ('draft', 'pending_approval', 'pending_signature'))
      ORDER BY agreement.id`,
    { code },
  );

/** What an agreement says today; nothing where no version was ever in force. */
export const findTermsInForce = async (ctx: Ctx, agreementId: string): Promise<AgreementTerms | undefined> =>
  (
    await firstOf<{ terms: AgreementTerms }>(
      ctx.tx,
      `SELECT version.terms
         FROM agreement
         JOIN agreement_version AS version
           ON version.agreement_id = agreement.id AND version.version = agreement.in_force_version
        WHERE agreement.id = ?`,
      [agreementId],
    )
  )?.terms;

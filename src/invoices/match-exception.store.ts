import type { Tx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { MatchException, NewException, ResolvedHow } from './match-exception.ts';

/** The differences of an invoice, the open ones first, in the order of its lines. */
export const findExceptions = (tx: Tx, invoiceId: string): Promise<MatchException[]> =>
  named<MatchException>(tx, {
    name: 'match_exception.list',
    text: `
      SELECT found.id, found.kind, found.version, found.po_line_id AS "poLineId",
             found.charge_reason AS "chargeReason", found.expected, found.actual,
             found.amount_effect AS "amountEffect", found.acts_next AS "actsNext", found.due_on AS "dueOn",
             found.state, found.resolved_how AS "resolvedHow", found.reason
        FROM match_exception AS found
        LEFT JOIN po_line ON po_line.id = found.po_line_id
       WHERE found.invoice_id = $1
       ORDER BY found.state, found.version DESC, po_line.line_no NULLS LAST, found.kind
       LIMIT 500`,
    values: [invoiceId],
  });

/** Writes all differences of one matching in one statement. */
export async function insertExceptions(
  tx: Tx,
  of: { invoiceId: string; version: number; exceptions: readonly NewException[]; at: Date },
): Promise<void> {
  await named(tx, {
    name: 'match_exception.insert',
    text: `
      INSERT INTO match_exception (id, invoice_id, version, po_line_id, charge_reason, kind, expected, actual,
                                   amount_effect, acts_next, due_on, state, created_at)
      SELECT found.id, $1, $2, found."poLineId", found."chargeReason", found.kind, found.expected, found.actual, found."amountEffect",
             found."actsNext", found."dueOn", 'open', $3
        FROM jsonb_to_recordset($4::jsonb)
          AS found (id uuid, "poLineId" uuid, "chargeReason" text, kind text, expected numeric, actual numeric, "amountEffect" numeric,
                    "actsNext" text, "dueOn" date)`,
    values: [of.invoiceId, of.version, of.at, JSON.stringify(of.exceptions)],
  });
}

/** Settles the differences that an inspection has decided. */
export async function resolveInspected(tx: Tx, of: { ids: readonly string[]; at: Date }): Promise<void> {
  await tx('match_exception')
    .whereIn('id', [...of.ids])
    .where({ state: 'open' })
    .update({ state: 'resolved', resolved_how: 'inspected', resolved_at: of.at });
}

/** Settles every open difference of the invoice. */
export async function resolveExceptions(
  tx: Tx,
  of: { invoiceId: string; how: ResolvedHow; reason: string | null; by: string | null; at: Date },
): Promise<void> {
  await tx('match_exception').where({ invoice_id: of.invoiceId, state: 'open' }).update({
    state: 'resolved',
    resolved_how: of.how,
    reason: of.reason,
    resolved_by: of.by,
    resolved_at: of.at,
  });
}

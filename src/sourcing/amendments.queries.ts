import type { Ctx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import { lastNumber } from './amendment.store.ts';
import type { AmendmentState, Difference } from './amendment.ts';

/** An amendment as the buyer's list shows it. */
export type AmendmentRow = {
  readonly id: string;
  readonly number: number | null;
  readonly state: AmendmentState;
  readonly reason: string;
  readonly changes: Difference | null;
  readonly draftedByName: string;
  readonly createdAt: Date;
  readonly publishedByName: string | null;
  readonly publishedAt: Date | null;
  readonly closesAtBefore: Date | null;
  readonly closesAt: Date | null;
  readonly askedCount: number;
  readonly acknowledgedCount: number;
};

// Who declined or is not invited any more is asked for nothing.
const ASKED = `
  invitation.event_id = amendment.event_id
  AND invitation.invited_at < amendment.published_at
  AND invitation.last_round >= amendment.round
  AND invitation.state NOT IN ('declined', 'uninvited')`;

/** Those that are in the making or published, the newest first. */
export const amendmentsOf = (ctx: Ctx, eventId: string): Promise<AmendmentRow[]> =>
  named<AmendmentRow>(ctx.tx, {
    name: 'amendment.of-event',
    text: `
      SELECT amendment.id, amendment.number, amendment.state, amendment.reason, amendment.changes,
             drafter.name AS "draftedByName", amendment.created_at AS "createdAt",
             publisher.name AS "publishedByName", amendment.published_at AS "publishedAt",
             amendment.closes_at_before AS "closesAtBefore", amendment.closes_at AS "closesAt",
             (SELECT count(*)::int FROM invitation WHERE ${ASKED}) AS "askedCount",
             (SELECT count(*)::int
                FROM invitation
                JOIN amendment_acknowledgement AS given
                  ON given.amendment_id = amendment.id AND given.supplier_id = invitation.supplier_id
               WHERE ${ASKED}
                 AND given.acknowledged_at IS NOT NULL) AS "acknowledgedCount"
        FROM amendment
        JOIN user_account AS drafter ON drafter.id = amendment.drafted_by
        LEFT JOIN user_account AS publisher ON publisher.id = amendment.published_by
       WHERE amendment.event_id = $1
         AND amendment.state <> 'withdrawn'
       ORDER BY amendment.created_at DESC, amendment.id DESC
       LIMIT 100`,
    values: [eventId],
  });

/** How many amendments were published. */
export const lastAmendmentNumber = (ctx: Ctx, eventId: string): Promise<number> =>
  lastNumber(ctx.tx, eventId);

/** Who was asked to acknowledge, and has or has not. Nothing here follows from whether there is a bid. */
export type Acknowledgement = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly seenAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedByName: string | null;
};

export const acknowledgementsOf = (ctx: Ctx, amendmentId: string): Promise<Acknowledgement[]> =>
  rowsOf<Acknowledgement>(
    ctx.tx,
    `SELECT supplier.id AS "supplierId", supplier.name AS "supplierName", given.seen_at AS "seenAt",
            given.acknowledged_at AS "acknowledgedAt", person.name AS "acknowledgedByName"
       FROM amendment
       JOIN invitation ON ${ASKED}
       JOIN supplier ON supplier.id = invitation.supplier_id
       LEFT JOIN amendment_acknowledgement AS given
         ON given.amendment_id = amendment.id AND given.supplier_id = invitation.supplier_id
       LEFT JOIN user_account AS person ON person.id = given.acknowledged_by
      WHERE amendment.id = ?
      ORDER BY lower(supplier.name)
      LIMIT 500`,
    [amendmentId],
  );

import { personsOf } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placesOf } from '../platform/db/scope.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import { lastNumber } from './amendment.store.ts';
import type { AmendmentState } from './amendment.ts';
import type { Difference } from './amendment-difference.ts';

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

/** The event of an amendment that the reader may see. @throws AppError `amendment.not-found` */
export async function eventOfAmendment(ctx: Ctx, id: string): Promise<string> {
  const places = placesOf(ctx.actor);
  const [row] = await named<{ eventId: string }>(ctx.tx, {
    name: 'amendment.event',
    text: `
      SELECT amendment.event_id AS "eventId"
        FROM amendment
        JOIN sourcing_event AS event ON event.id = amendment.event_id
       WHERE amendment.id = $1
         AND ${inScope({ plant: 'event.plant_code', category: 'event.category_code' }, { plants: '$2', categories: '$3' })}`,
    values: [id, places.plants, places.categories],
  });
  return found('amendment', row).eventId;
}

type ToApprove = {
  readonly id: string;
  readonly eventId: string;
  readonly label: string;
  readonly count: number;
};

/** Amendments that wait for an approver whom no chain names: the home page's line. */
export async function amendmentsToApprove(ctx: Ctx): Promise<WaitingItem[]> {
  const places = placesOf(ctx.actor);
  const rows = await named<ToApprove>(ctx.tx, {
    name: 'amendment.to-approve',
    text: `
      SELECT amendment.id, amendment.event_id AS "eventId", event.reference || ' ' || event.title AS label,
             count(*) OVER ()::int AS count
        FROM amendment
        JOIN sourcing_event AS event ON event.id = amendment.event_id
       WHERE amendment.state = 'pending_approval'
         AND ${inScope({ plant: 'event.plant_code', category: 'event.category_code' }, { plants: '$2', categories: '$3' })}
         AND event.owner_id <> ALL ($1::uuid[])
         AND NOT coalesce(amendment.approval_requested_by = ANY ($1::uuid[]), false)
         AND NOT EXISTS (SELECT FROM approval
                          WHERE approval.document_id = amendment.id AND approval.state = 'pending')
       ORDER BY amendment.created_at
       LIMIT 5`,
    values: [personsOf(ctx.actor), places.plants, places.categories],
  });
  if (rows[0] === undefined) return [];
  const items = rows.map((row) => ({
    label: row.label,
    href: `/events/${row.eventId}/amendments/${row.id}`,
    dueAt: null,
  }));
  const href = items[0]?.href ?? '/events';
  return [{ key: 'waiting.sourcing.amendments', count: rows[0].count, href, urgent: true, items }];
}

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

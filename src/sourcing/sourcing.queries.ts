import { hasRole, personsOf } from '../kernel/actor.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placesOf } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';
import { amendmentsToApprove } from './amendments.queries.ts';
import { waitingForAnswers } from './enquiries.queries.ts';
import type { InvitationState } from './invitation.ts';
import type { SourcingEventState } from './sourcing-event.ts';

/** What an event's page says beside the event itself. */
export type EventPeople = {
  readonly ownerName: string;
  readonly requesterName: string | null;
  readonly approverName: string | null;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plantEn: string;
  readonly plantZh: string;
  readonly plantAddress: readonly string[];
};

/** The names behind an event's codes and ids. */
export async function namesOfEvent(ctx: Ctx, eventId: string): Promise<EventPeople> {
  const rows = await named<EventPeople>(ctx.tx, {
    name: 'sourcing-event.names',
    text: `
      SELECT owner.name AS "ownerName", requester.name AS "requesterName", approver.name AS "approverName",
             category.name_en AS "categoryEn", category.name_zh AS "categoryZh",
             plant.name_en AS "plantEn", plant.name_zh AS "plantZh", plant.address_lines AS "plantAddress"
        FROM sourcing_event AS event
        JOIN user_account AS owner ON owner.id = event.owner_id
        JOIN category ON category.code = event.category_code
        JOIN plant ON plant.code = event.plant_code
        LEFT JOIN user_account AS requester ON requester.id = event.approval_requested_by
        LEFT JOIN user_account AS approver ON approver.id = event.approved_by
       WHERE event.id = $1`,
    values: [eventId],
  });
  return rows[0] as EventPeople;
}

/** An order that was made of an event's awards. Orders stand later in a purchase: read, never written. */
export type OrderOfEvent = {
  readonly id: string;
  readonly reference: string;
  readonly supplierName: string;
  readonly isCancelled: boolean;
};

/** The orders of an event, in the order of their references. */
export const findOrdersOfEvent = (ctx: Ctx, eventId: string): Promise<OrderOfEvent[]> =>
  named<OrderOfEvent>(ctx.tx, {
    name: 'sourcing-event.orders',
    text: `
      SELECT po.id, po.reference, supplier.name AS "supplierName", po.state = 'cancelled' AS "isCancelled"
        FROM purchase_order AS po
        JOIN supplier ON supplier.id = po.supplier_id
       WHERE po.event_id = $1
       ORDER BY po.reference
       LIMIT 200`,
    values: [eventId],
  });

/** An invited supplier, as the buyer's page shows it. */
export type InvitedSupplier = {
  readonly id: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly state: InvitationState;
  readonly invitedAt: Date | null;
  readonly viewedAt: Date | null;
  readonly respondedAt: Date | null;
  readonly declineReason: string | null;
  readonly joinedAt: Date | null;
  readonly uninviteReason: string | null;
  readonly contactCount: number;
};

/** The invited suppliers by name, with how many people there can be told. */
export const invitedSuppliers = (ctx: Ctx, eventId: string): Promise<InvitedSupplier[]> =>
  named<InvitedSupplier>(ctx.tx, {
    name: 'invitation.of-event',
    text: `
      SELECT invitation.id, invitation.supplier_id AS "supplierId", supplier.name AS "supplierName",
             invitation.state, invitation.invited_at AS "invitedAt", invitation.viewed_at AS "viewedAt",
             invitation.responded_at AS "respondedAt", invitation.decline_reason AS "declineReason",
             invitation.joined_at AS "joinedAt", invitation.uninvite_reason AS "uninviteReason",
             (SELECT count(*)::int
                FROM user_account AS person
               WHERE person.supplier_id = supplier.id
                 AND person.is_active) AS "contactCount"
        FROM invitation
        JOIN supplier ON supplier.id = invitation.supplier_id
       WHERE invitation.event_id = $1
       ORDER BY lower(supplier.name)`,
    values: [eventId],
  });

/** Events that wait for this actor: to be approved, to be sent out, to be finished, to be asked about. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { userId } = ctx.actor;
  const asApprover = hasRole(ctx.actor, 'approver');
  const asBuyer = hasRole(ctx.actor, 'buyer');
  const places = placesOf(ctx.actor);
  if (userId === null || (!asApprover && !asBuyer)) return [];
  const rows = await named<WaitingRow>(ctx.tx, {
    name: 'sourcing-event.waiting',
    text: `
      SELECT event.id, event.reference, event.title, event.state, event.closes_at AS "closesAt"
        FROM sourcing_event AS event
       WHERE ${inScope({ plant: 'event.plant_code', category: 'event.category_code' }, { plants: '$5', categories: '$6' })}
         AND (($2 AND event.state = 'pending_approval'
                  AND NOT EXISTS (SELECT FROM approval
                                   WHERE approval.document_id = event.id AND approval.state = 'pending')
                  AND event.owner_id <> ALL ($4::uuid[])
                  AND NOT coalesce(event.approval_requested_by = ANY ($4::uuid[]), false))
              OR ($3 AND event.state IN ('draft', 'approved') AND event.owner_id = $1))
       ORDER BY event.closes_at NULLS LAST, event.id
       LIMIT 200`,
    values: [userId, asApprover, asBuyer, personsOf(ctx.actor), places.plants, places.categories],
  });
  const inState = WAITING.map(({ state, ...words }) => {
    const waiting = rows.filter((row) => row.state === state);
    return { ...words, count: waiting.length, items: waiting.slice(0, 5).map(toWaitingLine) };
  }).filter((item) => item.count > 0);
  const amendments = asApprover ? await amendmentsToApprove(ctx) : [];
  return [...inState, ...amendments, ...(await waitingForAnswers(ctx))];
}

type WaitingRow = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: SourcingEventState;
  readonly closesAt: Date | null;
};

const WAITING = [
  {
    state: 'pending_approval',
    key: 'waiting.sourcing.to-approve',
    href: '/events?state=pending_approval',
    urgent: true,
  },
  {
    state: 'approved',
    key: 'waiting.sourcing.to-publish',
    href: '/events?state=approved&mine=yes',
    urgent: true,
  },
  { state: 'draft', key: 'waiting.sourcing.drafts', href: '/events?state=draft&mine=yes', urgent: false },
] as const;

const toWaitingLine = ({ id, reference, title, closesAt }: WaitingRow): WaitingItem['items'][number] => ({
  label: `${reference} ${title}`,
  href: `/events/${id}`,
  dueAt: closesAt,
});

/** A supplier that has bid in a category before, as far as bids were opened. */
export type Proven = {
  readonly supplierId: string;
  readonly lastBidAt: Date;
  readonly lastWonAt: Date | null;
};

/** Who won or bid in this category before, the latest first. Who bids at this moment is not among it. */
export const provenSuppliers = (ctx: Ctx, categoryCode: string): Promise<Proven[]> =>
  named<Proven>(ctx.tx, {
    name: 'invitation.proven',
    text: `
      SELECT invitation.supplier_id AS "supplierId", max(event.opened_at) AS "lastBidAt",
             max(event.opened_at) FILTER (
               WHERE EXISTS (SELECT 1
                               FROM award_line
                               JOIN award ON award.id = award_line.award_id
                              WHERE award.event_id = event.id
                                AND award.state IN ('active', 'notified', 'standstill', 'final')
                                AND award_line.supplier_id = invitation.supplier_id)) AS "lastWonAt"
        FROM invitation
        JOIN sourcing_event AS event ON event.id = invitation.event_id
        JOIN supplier ON supplier.id = invitation.supplier_id AND supplier.state = 'registered'
       WHERE event.category_code = $1
         AND event.opened_at IS NOT NULL
         AND event.state IN ('evaluation', 'award_proposed', 'award_approval', 'awarded', 'completed')
         AND invitation.state = 'submitted'
       GROUP BY invitation.supplier_id
       ORDER BY max(event.opened_at) DESC, invitation.supplier_id
       LIMIT 30`,
    values: [categoryCode],
  });

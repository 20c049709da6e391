import { calendarOf } from '../catalog/index.ts';
import type { Scope } from '../kernel/actor.ts';
import { ordinaryWeek } from '../kernel/working-days.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope } from '../platform/db/scope.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { EventSealing } from './event-sealing.ts';
import { type EventTerms, nextDueAt, type SourcingEvent } from './sourcing-event.ts';

const DAYS_AROUND_CLOSING = 'abs(day.day - CAST(event.closes_at AS date)) <= 120';

/**
 * A supplier sees what was published to it, and never what we expect to pay; one that is not asked in a new round sees
 * the event as it was after its last one. `$2` is the supplier or null; `$3` and
 * `$4` are the plants and categories of a reader who is limited to some.
 */
const EVENT = `
  SELECT event.id, event.reference, event.event_type AS "eventType", event.title, event.description,
         event.category_code AS "categoryCode", event.plant_code AS "plantCode", event.incoterm,
         event.incoterm_place AS "incotermPlace", event.currency,
         event.payment_terms_days AS "paymentTermsDays", coalesce(own.bidding_ended_at, event.closes_at) AS "closesAt",
         event.time_zone AS "timeZone", event.enquiries_until AS "enquiriesUntil",
         event.opening_not_before AS "openingNotBefore", event.decision_by_on AS "decisionByOn",
         event.calendar_code AS "calendarCode", event.bid_currencies AS "bidCurrencies",
         event.takes_partial_bids AS "takesPartialBids", event.bid_valid_days AS "bidValidDays",
         CASE WHEN own.bidding_ended_at IS NOT NULL
               AND event.state IN ('open', 'paused', 'amending', 'closed', 'opening')
              THEN 'evaluation' ELSE event.state END AS state,
         CASE WHEN $2::uuid IS NULL THEN trim_scale(event.estimated_value)::text END AS "estimatedValue",
         event.owner_id AS "ownerId", event.approval_requested_by AS "approvalRequestedBy",
         event.approved_by AS "approvedBy", event.published_at AS "publishedAt",
         event.closed_at AS "closedAt", event.opened_at AS "openedAt", event.created_at AS "createdAt",
         event.audience, coalesce(own.last_round, event.round) AS round, event.version, event.sealing_level AS "sealingLevel",
         event.allows_sealing_on_arrival AS "allowsSealingOnArrival", event.envelopes,
         event.opener_threshold AS "openerThreshold",
         coalesce((SELECT ${calendarOf('calendar', DAYS_AROUND_CLOSING)}
                     FROM calendar
                    WHERE calendar.code = coalesce(event.calendar_code,
                            (SELECT plant.calendar_code FROM plant WHERE plant.code = event.plant_code),
                            (SELECT company.code FROM calendar AS company WHERE company.is_company))),
                  '${JSON.stringify(ordinaryWeek)}') AS calendar
    FROM sourcing_event AS event
    LEFT JOIN invitation AS own ON own.event_id = event.id AND own.supplier_id = $2::uuid
   WHERE event.id = $1
     AND ${inScope({ plant: 'event.plant_code', category: 'event.category_code' }, { plants: '$3', categories: '$4' })}
     AND ($2::uuid IS NULL
          OR (event.published_at IS NOT NULL
              AND EXISTS (SELECT 1
                            FROM invitation
                           WHERE invitation.event_id = event.id
                             AND invitation.supplier_id = $2
                             AND invitation.state <> 'uninvited')))`;

type Of = Scope & { readonly id: string; readonly supplierId: string | null };

const read = async (tx: Tx, how: 'find' | 'lock', of: Of): Promise<SourcingEvent | undefined> => {
  const locking = how === 'lock' ? ' FOR UPDATE OF event' : '';
  const rows = await named<SourcingEvent>(tx, {
    name: `sourcing-event.${how}`,
    text: EVENT + locking,
    values: [of.id, of.supplierId, of.plants, of.categories],
  });
  return rows[0];
};

export const findById = (tx: Tx, of: Of): Promise<SourcingEvent | undefined> => read(tx, 'find', of);

/** Holds the row until the transaction ends, so that two acts on one event take turns. */
export const lockById = (tx: Tx, of: Of): Promise<SourcingEvent | undefined> => read(tx, 'lock', of);

const termColumns = (terms: EventTerms): Record<string, unknown> => ({
  title: terms.title,
  description: terms.description,
  category_code: terms.categoryCode,
  plant_code: terms.plantCode,
  incoterm: terms.incoterm,
  incoterm_place: terms.incotermPlace,
  currency: terms.currency,
  payment_terms_days: terms.paymentTermsDays,
  closes_at: terms.closesAt,
  time_zone: terms.timeZone,
  enquiries_until: terms.enquiriesUntil ?? null,
  opening_not_before: terms.openingNotBefore ?? null,
  decision_by_on: terms.decisionByOn ?? null,
  calendar_code: terms.calendarCode ?? null,
  bid_currencies: [...(terms.bidCurrencies ?? [])],
  takes_partial_bids: terms.takesPartialBids ?? true,
  bid_valid_days: terms.bidValidDays ?? null,
});

const sealingColumns = (sealing: EventSealing): Record<string, unknown> => ({
  sealing_level: sealing.sealingLevel,
  allows_sealing_on_arrival: sealing.allowsSealingOnArrival,
  envelopes: [...sealing.envelopes],
  opener_threshold: sealing.openerThreshold,
});

export async function insertEvent(tx: Tx, event: SourcingEvent): Promise<void> {
  await tx('sourcing_event').insert({
    ...termColumns(event),
    ...sealingColumns(event),
    id: event.id,
    reference: event.reference,
    event_type: event.eventType,
    estimated_value: event.estimatedValue,
    state: event.state,
    owner_id: event.ownerId,
    created_at: event.createdAt,
    version: event.version,
  });
}

/** False when the version is no longer the one that was read. */
export async function saveTerms(
  tx: Tx,
  event: EventTerms & Pick<SourcingEvent, 'id' | 'version' | 'estimatedValue'>,
): Promise<boolean> {
  const saved = await tx('sourcing_event')
    .where({ id: event.id, version: event.version })
    .update({ ...termColumns(event), estimated_value: event.estimatedValue, version: event.version + 1 });
  return saved === 1;
}

export async function saveAudience(tx: Tx, event: SourcingEvent): Promise<void> {
  await tx('sourcing_event')
    .where({ id: event.id })
    .update({ audience: event.audience, version: event.version + 1 });
}

/** False when the version is no longer the one that was read. */
export async function saveSealing(
  tx: Tx,
  event: EventSealing & Pick<SourcingEvent, 'id' | 'version'>,
): Promise<boolean> {
  const saved = await tx('sourcing_event')
    .where({ id: event.id, version: event.version })
    .update({ ...sealingColumns(event), version: event.version + 1 });
  return saved === 1;
}

/** Saves where the event stands, who moved it there, and when time will move it on. */
export async function saveState(tx: Tx, event: SourcingEvent): Promise<void> {
  await tx('sourcing_event')
    .where({ id: event.id })
    .update({
      state: event.state,
      approval_requested_by: event.approvalRequestedBy,
      approved_by: event.approvedBy,
      published_at: event.publishedAt,
      closed_at: event.closedAt,
      opened_at: event.openedAt,
      closes_at: event.closesAt,
      round: event.round,
      opening_not_before: event.openingNotBefore,
      due_at: nextDueAt(event),
      version: event.version + 1,
    });
}

/**
 * Takes open events whose time has come; those a bid is being written to wait for the next time. So does everything
 * until a web process has said that it answers at or after the closing: where none does, that may be an outage; and an
 * event of which an amendment has yet to give bids back.
 */
export const lockDue = (
  tx: Tx,
  of: { clock: Date; limit: number },
): Promise<{ id: string; reference: string; closesAt: Date }[]> =>
  rowsOf(
    tx,
    `SELECT event.id, event.reference, event.closes_at AS "closesAt"
       FROM sourcing_event AS event
      WHERE event.due_at <= ?
        AND event.state = 'open'
        AND NOT EXISTS (SELECT 1
                          FROM amendment
                         WHERE amendment.event_id = event.id
                           AND amendment.state = 'published'
                           AND amendment.settled_at IS NULL)
        AND NOT EXISTS (SELECT 1
                          FROM portal_heartbeat AS heartbeat
                         WHERE heartbeat.last_beat_at < event.due_at)
      ORDER BY event.due_at, event.id
      LIMIT ?
        FOR UPDATE SKIP LOCKED`,
    [of.clock, of.limit],
  );

/** Closes many in one statement. */
export async function saveClosed(
  tx: Tx,
  ids: readonly string[],
  of: { state: string; closedAt: Date },
): Promise<void> {
  await tx('sourcing_event')
    .whereIn('id', [...ids])
    .update({ state: of.state, closed_at: of.closedAt, due_at: null, version: tx.raw('version + 1') });
}

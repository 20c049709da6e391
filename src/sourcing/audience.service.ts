import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import { lockEvent } from './sourcing.service.ts';
import * as store from './sourcing-event.store.ts';
import { type Audience, widenAudience } from './sourcing-event.ts';

/** An event for everybody, as a registered supplier finds it before it has joined. */
export type JoinableEvent = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly description: string;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plantEn: string;
  readonly plantZh: string;
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly currency: string;
  readonly paymentTermsDays: number;
  readonly state: 'open';
  readonly closesAt: Date;
  readonly timeZone: string;
  readonly lineCount: number;
};

/** The database shows these to registered suppliers only; who takes part already is not asked again. */
const JOINABLE = `
  SELECT event.id, event.reference, event.title, event.description, category.name_en AS "categoryEn",
         category.name_zh AS "categoryZh", plant.name_en AS "plantEn", plant.name_zh AS "plantZh", event.incoterm,
         event.incoterm_place AS "incotermPlace", event.currency, event.payment_terms_days AS "paymentTermsDays",
         event.state, event.closes_at AS "closesAt", event.time_zone AS "timeZone",
         (SELECT count(*)::int FROM event_item WHERE event_item.event_id = event.id) AS "lineCount"
    FROM sourcing_event AS event
    JOIN category ON category.code = event.category_code
    JOIN plant ON plant.code = event.plant_code
    JOIN supplier ON supplier.id = ? AND supplier.state = 'registered'
   WHERE event.audience = 'qualified'
     -- Qualified for its category and plant; a decision for the plant goes before one for all.
     AND coalesce((SELECT q.outcome IS NOT NULL
       FROM qualification AS q
      WHERE q.supplier_id = supplier.id
        AND q.category_code = event.category_code
        AND (q.plant_code = event.plant_code OR q.plant_code IS NULL)
        AND (q.outcome IS NOT NULL AND coalesce(q.valid_until >= (CAST(? AS timestamptz) AT TIME ZONE 'UTC')::date, true)
             OR q.state IN ('rejected', 'disqualified'))
      ORDER BY q.plant_code NULLS LAST
      LIMIT 1), false)
     AND event.published_at IS NOT NULL
     AND event.state = 'open'
     AND event.round = 1
     AND event.closes_at > ?
     AND NOT EXISTS (SELECT 1
                       FROM invitation
                      WHERE invitation.event_id = event.id
                        AND invitation.supplier_id = supplier.id)`;

/** Events for everybody that this supplier could still join, the next to close first. */
export const findJoinableEvents = (ctx: Ctx): Promise<JoinableEvent[]> =>
  rowsOf<JoinableEvent>(ctx.tx, `${JOINABLE} ORDER BY event.closes_at, event.id LIMIT 50`, [
    ctx.actor.supplierId,
    ctx.now,
    ctx.now,
  ]);

/** @throws AppError `sourcing_event.not-found`, also for one that is joined or over */
export const findJoinable = async (ctx: Ctx, eventId: string): Promise<JoinableEvent> =>
  found(
    'sourcing_event',
    await firstOf<JoinableEvent>(ctx.tx, `${JOINABLE} AND event.id = ?`, [
      ctx.actor.supplierId,
      ctx.now,
      ctx.now,
      eventId,
    ]),
  );

/**
 * Takes part in an event that is for everybody: from here on as if it had been invited and had accepted.
 * @throws AppError `sourcing_event.not-found`, `invitation.joined-already`
 */
export async function joinEvent(ctx: Ctx, eventId: string): Promise<void> {
  const event = await findJoinable(ctx, eventId);
  const joined = await firstOf<{ id: string }>(ctx.tx, 'SELECT join_event AS id FROM join_event(?, ?, ?)', [
    newId(),
    event.id,
    ctx.now,
  ]);
  if (joined === undefined) throw ruleBroken('invitation.joined-already', 'You take part already');
  await record(ctx, {
    action: 'invitation.joined',
    subject: { type: 'invitation', id: joined.id },
    to: 'accepted',
    changes: { eventId },
  });
}

/**
 * Says who may bid: whom we invite, or every qualified supplier. Once it is out it can only be widened.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.audience-is-fixed`
 */
export async function setAudience(ctx: Ctx, to: { eventId: string; audience: Audience }): Promise<void> {
  const before = await lockEvent(ctx, to.eventId);
  const after = widenAudience(before, to.audience);
  if (after === before) return;
  await store.saveAudience(ctx.tx, after);
  await record(ctx, {
    action: 'sourcing_event.audience-set',
    subject: { type: 'sourcing_event', id: after.id },
    changes: { audience: after.audience },
  });
}

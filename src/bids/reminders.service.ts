import { recordAll } from '../audit/index.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './reminder.store.ts';

const AT_ONCE = 500;

/**
 * Issues the reminders that are due by the database's clock; gives how many. Who is reminded has not bid, which
 * the buyer is not to know: a reminder is a subject of its own, and stands on no page of the event.
 */
export async function issueReminders(ctx: Ctx): Promise<number> {
  const clock = await ctx.readClock(ctx.tx);
  const due = await store.findDueReminders(ctx.tx, {
    clock,
    minutes: ctx.policies.bidReminderMinutes,
    limit: AT_ONCE,
  });
  if (due.length === 0) return 0;
  const issued = await store.insertReminders(
    ctx.tx,
    due.map((reminder) => ({ ...reminder, id: newId() })),
    clock,
  );
  await recordAll(
    ctx,
    issued.map(({ id, supplierId, eventId, minutesBefore }) => ({
      action: 'bid_reminder.issued',
      subject: { type: 'bid_reminder', id },
      supplierId,
      changes: { eventId, minutesBefore },
    })),
  );
  return issued.length;
}

/** What to remind of, unless it has become idle meanwhile. */
export const findReminder = async (ctx: Ctx, id: string): Promise<store.Reminder | undefined> =>
  store.findReminder(ctx.tx, { id, clock: await ctx.readClock(ctx.tx) });

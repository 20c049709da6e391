import { recordAll } from '../audit/index.ts';
import { system } from '../kernel/actor.ts';
import { isId, newId } from '../kernel/id.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Ctx, RunInTx } from '../platform/db/context.ts';
import * as store from './outage.store.ts';
import { closingAfter, isOutage, type Outage } from './outage.ts';

/**
 * Says that a web process answers. Where none did for longer than the policy allows, that was an outage: it is noted with
 * its measured times, and every open event whose closing it came too near to closes later, for everybody.
 */
export async function beat(ctx: Ctx): Promise<void> {
  const lastBeatAt = await store.lockLastBeat(ctx.tx);
  const at = await ctx.readClock(ctx.tx);
  if (lastBeatAt !== undefined && isOutage({ lastBeatAt, at }, ctx.policies.outages))
    await noteOutage(ctx, { id: newId(), startedAt: lastBeatAt, endedAt: at });
  await store.saveBeat(ctx.tx, at);
}

async function noteOutage(ctx: Ctx, outage: Outage): Promise<void> {
  const policy = ctx.policies.outages;
  await store.insertOutage(ctx.tx, outage);
  const closing = await store.lockClosingBetween(ctx.tx, {
    from: outage.startedAt,
    to: new Date(outage.endedAt.getTime() + policy.lastMinutes * 60_000),
  });
  const extended = closing
    .map((event) => ({ event, closesAt: closingAfter(outage, { closesAt: event.closesAt, policy }) }))
    .filter(({ event, closesAt }) => closesAt > event.closesAt);
  if (extended.length > 0)
    await store.saveExtensions(
      ctx.tx,
      outage.id,
      extended.map(({ event, closesAt }) => ({
        eventId: event.id,
        closesAtBefore: event.closesAt,
        closesAt,
      })),
    );
  const { startedAt, endedAt } = outage;
  await recordAll(ctx, [
    {
      action: 'outage.measured',
      subject: { type: 'outage', id: outage.id },
      changes: { startedAt, endedAt, extendedCount: extended.length },
    },
    ...extended.map(({ event, closesAt }) => ({
      action: 'sourcing_event.extended-for-outage',
      subject: { type: 'sourcing_event', id: event.id },
      from: 'open',
      to: 'open',
      changes: {
        reference: event.reference,
        outageStartedAt: startedAt,
        outageEndedAt: endedAt,
        closedAtBefore: event.closesAt,
        closesAt,
        timeZone: event.timeZone,
      },
    })),
  ]);
}

/** What was measured, the newest first; a supplier counts its own events only. */
export async function listOutages(ctx: Ctx, request: PageRequest): Promise<Page<store.OutageRow>> {
  const rows = await store.findOutages(ctx.tx, {
    beforeId: isId(request.after) ? request.after : null,
    limit: request.limit + 1,
  });
  return toPage(rows, request.limit, (row) => row.id);
}

const EVERY_MS = 5000;

/** Lets a web process say that it answers, from now on until it is stopped. */
export function startHeartbeat(of: { runInTx: RunInTx; onError: (error: unknown) => void }): {
  stop(): Promise<void>;
} {
  let underWay: Promise<void> = Promise.resolve();
  const once = (): void => {
    underWay = underWay.then(() => of.runInTx({ actor: system('heartbeat') }, beat)).catch(of.onError);
  };
  once();
  const timer = setInterval(once, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}

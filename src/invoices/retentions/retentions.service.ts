import { record, recordAll } from '../../audit/index.ts';
import { assertMay, findPersonsBehind } from '../../identity/index.ts';
import { conflict, found } from '../../kernel/errors.ts';
import { dayIn } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { personIn } from '../invoices.service.ts';
import * as store from './retention.store.ts';
import { approveRelease, askRelease, fallDue, type Retained, refuseRelease } from './retention.ts';

type Named = { readonly retentionId: string; readonly version: number };

/**
 * Somebody of ours asks for the release before its date, and says why; finance decides.
 * @throws AppError `retention.not-found`, `retention.changed-meanwhile`, what {@link assertMay} and `askRelease` throw
 */
export async function askForRelease(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'retention.ask', before);
  const after = askRelease(before, { userId: personIn(ctx), at: ctx.now, reason: of.reason });
  await store.saveRetention(ctx.tx, after);
  await tell(ctx, 'retention.asked', { before, after, reason: of.reason });
}

/**
 * Finance releases what somebody else asked for: the next payment run can pay it.
 * @throws AppError `retention.not-found`, `retention.changed-meanwhile`, `retention.approved-by-asker`, and what
 * {@link assertMay} throws
 */
export async function releaseRetention(ctx: Ctx, of: Named): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'retention.approve', await toDecide(ctx, before));
  const after = approveRelease(before, { userId: personIn(ctx), at: ctx.now });
  await store.saveRetention(ctx.tx, after);
  await tell(ctx, 'retention.released', { before, after, reason: null });
}

/**
 * Finance does not release it: it stays held back until its date.
 * @throws AppError `retention.not-found`, `retention.changed-meanwhile`, and what {@link assertMay} throws
 */
export async function keepRetention(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'retention.refuse', await toDecide(ctx, before));
  const after = refuseRelease(before, of.reason);
  await store.saveRetention(ctx.tx, after);
  await tell(ctx, 'retention.kept', { before, after, reason: of.reason });
}

/** Releases at most so many whose date has come; gives how many there were. Doing it again releases nothing twice. */
export async function releaseDueRetentions(ctx: Ctx, limit: number): Promise<number> {
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const due = await store.lockDue(ctx.tx, { today, limit });
  for (const before of due) {
    const after = fallDue(before, { today, now: ctx.now });
    await store.saveRetention(ctx.tx, after);
    await tell(ctx, 'retention.released', { before, after, reason: null });
  }
  return due.length;
}

/** What the table of rights asks about a release: who asked for it, also for somebody else. */
export const toDecide = async (ctx: Ctx, one: Retained) => ({
  state: one.state,
  ties: { requester: one.askedBy },
  behind: await findPersonsBehind(ctx, [one.id]),
});

async function lock(ctx: Ctx, of: Named): Promise<Retained> {
  const one = found(
    'retention',
    await store.lockRetention(ctx.tx, { id: of.retentionId, ...placesOf(ctx.actor) }),
  );
  if (one.version !== of.version)
    throw conflict('retention.changed-meanwhile', 'Somebody acted on it meanwhile');
  return one;
}

const tell = (
  ctx: Ctx,
  action: string,
  of: { before: Retained; after: Retained; reason: string | null },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'retention', id: of.before.id },
    // What is asked for is not the supplier's to know before it is decided.
    supplierId: action === 'retention.released' ? of.before.supplierId : null,
    from: of.before.state,
    to: of.after.state,
    reason: of.reason,
    changes: { invoiceId: of.before.invoiceId, amount: of.before.amount, currency: of.before.currency },
  });

/** Records what a payment run did with retentions, on each one's own timeline. */
export const recordRetentions = (
  ctx: Ctx,
  action: string,
  of: {
    retentions: readonly Pick<store.RetentionOfRun, 'id' | 'supplierId' | 'reference'>[];
    from: string;
    to: string;
    changes: Readonly<Record<string, unknown>>;
  },
): Promise<string[]> =>
  recordAll(
    ctx,
    of.retentions.map((one) => ({
      action,
      subject: { type: 'retention', id: one.id },
      supplierId: one.supplierId,
      from: of.from,
      to: of.to,
      changes: { reference: one.reference, ...of.changes },
    })),
  );

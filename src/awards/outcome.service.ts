import { record } from '../audit/index.ts';
import { mayUse } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Award, AwardState } from './award.ts';
import { lockAward } from './awards.service.ts';
import * as store from './outcome.store.ts';

const OPEN: readonly AwardState[] = ['proposed', 'pending_approval', 'active', 'notified', 'standstill'];

/**
 * Says whether an award gives orders or agreements, as long as it has given neither.
 * @throws AppError `award.not-found`, `award.outcome-settled`
 */
export async function chooseOutcome(
  ctx: Ctx,
  of: { awardId: string; outcome: store.Outcome },
): Promise<void> {
  const { award } = await lockAward(ctx, of.awardId);
  const { isSettled } = found('award', await store.findOutcome(ctx.tx, award.id));
  if (isSettled || !OPEN.includes(award.state))
    throw ruleBroken(
      'award.outcome-settled',
      'It has led to orders or agreements already, or will lead to none',
    );
  await store.saveOutcome(ctx.tx, of);
  await record(ctx, {
    action: 'award.outcome-chosen',
    subject: { type: 'award', id: award.id },
    changes: { outcome: of.outcome },
  });
}

/** What the award leads to, for its page. */
export async function outcomeOf(ctx: Ctx, award: Pick<Award, 'id' | 'state'>) {
  const { outcome, isSettled } = found('award', await store.findOutcome(ctx.tx, award.id));
  return {
    outcome,
    agreements: await store.findAgreementsOf(ctx.tx, award.id),
    mayChooseOutcome: !isSettled && OPEN.includes(award.state) && mayUse(ctx, 'award.plan'),
  };
}

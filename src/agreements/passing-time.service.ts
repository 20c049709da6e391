import { record } from '../audit/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './agreement.store.ts';
import { type Agreement, agreementLifecycle, dueAct, lastNoticeOn, nextDueOn } from './agreement.ts';
import { stopAsking } from './agreement-chain.service.ts';
import * as versions from './agreement-version.store.ts';
import { agreementVersionLifecycle } from './agreement-version.ts';
import { todayOf } from './agreements.service.ts';

/** Reminds of the renewal of one agreement, or ends it, when its day has come; false when there is none left. */
export async function passTimeOnNextAgreement(ctx: Ctx): Promise<boolean> {
  const today = todayOf(ctx);
  const agreement = await store.lockNextDue(ctx.tx, today);
  if (agreement === undefined) return false;
  const { renewalReminderDays } = ctx.policies.agreements;
  const due = dueAct(agreement, today, renewalReminderDays);
  if (due === null) {
    // The house's reminder days were changed meanwhile.
    await store.saveAgreement(ctx.tx, { ...agreement, nextDueOn: nextDueOn(agreement, renewalReminderDays) });
    return true;
  }
  if (due.act === 'remind') {
    const now = { ...agreement, remindedDays: due.days };
    await store.saveAgreement(ctx.tx, { ...now, nextDueOn: nextDueOn(now, renewalReminderDays) });
    await record(ctx, {
      action: 'agreement.renewal-reminded',
      subject: { type: 'agreement', id: agreement.id },
      changes: { reference: agreement.reference, lastNoticeOn: lastNoticeOn(agreement) },
    });
    return true;
  }
  await endAgreement(ctx, agreement, due.act);
  return true;
}

/** Ends an agreement: by its time, by a notice, or because nothing is left of it. An open version of it is given up. */
export async function endAgreement(
  ctx: Ctx,
  agreement: Agreement,
  act: 'expire' | 'terminate' | 'exhaust',
): Promise<void> {
  const to = agreementLifecycle.next(agreement.state, act);
  const open = await versions.findOpenVersion(ctx.tx, agreement.id);
  if (open !== undefined) {
    await stopAsking(ctx, agreement.id);
    await versions.saveVersion(ctx.tx, {
      ...open,
      state: agreementVersionLifecycle.next(open.state, 'discard'),
    });
  }
  await store.saveAgreement(ctx.tx, { ...agreement, state: to, nextDueOn: null });
  await record(ctx, {
    action: `agreement.${to}`,
    subject: { type: 'agreement', id: agreement.id },
    supplierId: agreement.supplierId,
    from: agreement.state,
    to,
    changes: { reference: agreement.reference },
  });
}

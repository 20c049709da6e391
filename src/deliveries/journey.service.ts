import { record } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import * as store from './despatch-advice.store.ts';
import { type DespatchAdvice, despatchAdviceLifecycle } from './despatch-advice.ts';

/**
 * The supplier's goods have left: from here on nothing is packed anew, and who carries them is known.
 * @throws AppError `despatch_advice.not-found`, `despatch_advice.cannot-depart`
 */
export async function departDelivery(
  ctx: Ctx,
  of: { despatchId: string; carrier: string; trackingNumber: string },
): Promise<void> {
  const despatch = await lock(ctx, of.despatchId);
  const state = despatchAdviceLifecycle.next(despatch.state, 'depart');
  const { carrier, trackingNumber } = of;
  await store.saveDeparture(ctx.tx, { id: despatch.id, state, carrier, trackingNumber, departedAt: ctx.now });
  await record(ctx, {
    action: 'despatch_advice.departed',
    subject: { type: 'despatch_advice', id: despatch.id },
    supplierId: despatch.supplierId,
    from: despatch.state,
    to: state,
    changes: { reference: despatch.reference, orderId: despatch.orderId, carrier, trackingNumber },
  });
}

/**
 * The gate says that a delivery is there; it is counted afterwards, at a dock.
 * @throws AppError `despatch_advice.not-found`, `despatch_advice.cannot-arrive`
 */
export async function arriveDelivery(ctx: Ctx, of: { despatchId: string }): Promise<void> {
  const despatch = await lock(ctx, of.despatchId);
  const state = despatchAdviceLifecycle.next(despatch.state, 'arrive');
  const arrivedBy = found('user', ctx.actor.userId);
  await store.saveArrival(ctx.tx, { id: despatch.id, state, arrivedBy, arrivedAt: ctx.now });
  await record(ctx, {
    action: 'despatch_advice.arrived',
    subject: { type: 'despatch_advice', id: despatch.id },
    supplierId: despatch.supplierId,
    from: despatch.state,
    to: state,
    changes: { reference: despatch.reference, orderId: despatch.orderId },
  });
}

const lock = async (ctx: Ctx, id: string): Promise<DespatchAdvice> =>
  found(
    'despatch_advice',
    await store.lockDespatchById(ctx.tx, { id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) }),
  );

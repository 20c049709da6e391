import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { addDecimals, type DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findSupplier, isInvitable } from '../suppliers/index.ts';
import * as store from './agreement.store.ts';
import type { Agreement } from './agreement.ts';
import { type AgreementCharge, chargesDue } from './agreement-charges.ts';
import { type AgreementNames, findNames } from './agreements.queries.ts';
import { findAgreement, lockAgreement, todayOf } from './agreements.service.ts';
import * as callOffs from './call-off.store.ts';
import {
  type AgreementLine,
  assertAgreedPrices,
  assertGrowthFits,
  assertRunning,
  type CallOffLine,
  type CallOffWanted,
  isExhausted,
  leftOf,
  priceCallOff,
} from './call-off.ts';
import { endAgreement } from './passing-time.service.ts';

/** What a buyer chooses from: the lines whose price holds today, with what is left of each. */
export type CallOffForm = {
  readonly agreement: Agreement;
  readonly names: AgreementNames;
  /** Those of the agreement that are in the reader's scope. */
  readonly plants: AgreementNames['plants'];
  readonly lines: readonly (AgreementLine & { readonly leftQuantity: DecimalString | null })[];
  readonly leftValue: DecimalString | null;
  /** The account that was paid from last. */
  readonly lastAccount: string | null;
  /** Of every order, beside the prices. */
  readonly charges: readonly AgreementCharge[];
};

/** @throws AppError `agreement.not-found`, and what {@link assertRunning} throws */
export async function getCallOffForm(ctx: Ctx, agreementId: string): Promise<CallOffForm> {
  const agreement = found('agreement', await findAgreement(ctx, agreementId));
  const today = todayOf(ctx);
  assertRunning(agreement, today);
  const names = found('agreement', await findNames(ctx, agreementId));
  const lines = await store.findLines(ctx.tx, agreementId);
  const { plants } = placesOf(ctx.actor);
  const { overLimitPercent } = ctx.policies.agreements;
  const called = addDecimals(lines.map((line) => line.calledAmount));
  return {
    agreement,
    names,
    plants: names.plants.filter(({ code }) => plants === null || plants.includes(code)),
    lines: lines
      .filter((line) => line.isCurrent && line.validFrom <= today && today <= line.validUntil)
      .map((line) => ({
        ...line,
        leftQuantity: leftOf(line.quantityLimit, line.calledQuantity, overLimitPercent),
      })),
    leftValue: leftOf(agreement.valueLimit, called, overLimitPercent),
    lastAccount: await callOffs.findLastAccount(ctx.tx, agreementId),
    charges: await store.findChargesInForce(ctx.tx, agreementId),
  };
}

/**
 * Prices what is wanted of an agreement, and holds the agreement until the transaction ends, so that two never order the
 * same rest of it. The same form sent again gives the order that it made.
 * @throws AppError `agreement.not-found`, `agreement.supplier-not-registered`, `call_off.plant-not-yours`, and what
 * {@link priceCallOff} throws
 */
export async function openCallOff(
  ctx: Ctx,
  of: { id: string; agreementId: string; wanted: CallOffWanted },
): Promise<
  | { agreement: Agreement; orderId: string }
  | {
      agreement: Agreement;
      lines: readonly CallOffLine[];
      /** Those that an order of these lines bears. */
      charges: readonly AgreementCharge[];
    }
> {
  const agreement = await lockAgreement(ctx, of.agreementId);
  const orderId = await callOffs.findOrderOf(ctx.tx, { id: of.id, agreementId: agreement.id });
  if (orderId !== undefined) return { agreement, orderId };
  if (!isInvitable(await findSupplier(ctx, agreement.supplierId)))
    throw ruleBroken('agreement.supplier-not-registered', 'Nothing is ordered from a supplier on hold');
  const { plants } = placesOf(ctx.actor);
  if (plants !== null && !plants.includes(of.wanted.plantCode))
    throw ruleBroken('call_off.plant-not-yours', 'One orders for the plants of one’s scope', {
      plant: of.wanted.plantCode,
    });
  const lines = priceCallOff(agreement, await store.findLines(ctx.tx, agreement.id), {
    wanted: of.wanted,
    today: todayOf(ctx),
    allowancePercent: ctx.policies.agreements.overLimitPercent,
  });
  const charges = chargesDue(await store.findChargesInForce(ctx.tx, agreement.id), {
    lines,
    currency: agreement.currency,
  });
  return { agreement, lines, charges };
}

/** Notes what an order takes of an agreement that {@link openCallOff} holds. */
export async function noteCallOff(
  ctx: Ctx,
  of: {
    id: string;
    agreement: Agreement;
    orderId: string;
    budget: callOffs.CallOffBudget | null;
    lines: readonly (callOffs.CalledLine & { readonly agreementLineId: string })[];
  },
): Promise<void> {
  const { agreement, orderId } = of;
  await callOffs.insertCallOff(ctx.tx, {
    id: of.id,
    agreementId: agreement.id,
    supplierId: agreement.supplierId,
    orderId,
    calledBy: found('user', ctx.actor.userId),
    calledAt: ctx.now,
    budget: of.budget,
    lines: of.lines,
  });
  await record(ctx, {
    action: 'agreement.called-off',
    subject: { type: 'agreement', id: agreement.id },
    changes: { reference: agreement.reference, orderId, account: of.budget?.account ?? null },
  });
}

/** From which account an order of an agreement is paid; null for any other order. */
export const findCallOffBudget = async (ctx: Ctx, orderId: string): Promise<callOffs.CallOffBudget | null> =>
  (await callOffs.findBudgetOf(ctx.tx, orderId)) ?? null;

/** An order is in force: where it leaves nothing of its agreement, that ends. Of an order of no agreement it does nothing. */
export async function settleCallOff(ctx: Ctx, orderId: string): Promise<void> {
  const agreement = await store.lockByOrder(ctx.tx, orderId);
  if (agreement?.state !== 'active') return;
  if (isExhausted(agreement, await store.findLines(ctx.tx, agreement.id)))
    await endAgreement(ctx, agreement, 'exhaust');
}

/** An order is given up before it was in force: what it took of its agreement is left again. */
export async function releaseCallOff(ctx: Ctx, orderId: string): Promise<void> {
  if ((await store.lockByOrder(ctx.tx, orderId)) !== undefined) await callOffs.saveReleased(ctx.tx, orderId);
}

/**
 * Asks whether an order may be changed like this, as far as its agreement limits it: what is ordered less of always, what is
 * ordered more of within what is left.
 * @throws AppError `call_off.quantity-limit`, `call_off.value-limit`
 */
export async function assertCallOffChange(ctx: Ctx, changed: readonly callOffs.CalledLine[]): Promise<void> {
  for (const { agreement, lines, growth } of await heldAgreements(ctx, changed))
    assertGrowthFits(agreement, lines, {
      growth,
      allowancePercent: ctx.policies.agreements.overLimitPercent,
    });
}

/** A line of an order as somebody wants it, and its price as it is. */
export type WantedOrderLine = callOffs.CalledLine & {
  readonly lineNo: number;
  readonly unitPrice: DecimalString | null;
  readonly priceBaseQuantity: DecimalString;
  readonly priceBefore: DecimalString | null;
};

/**
 * Asks about an order that its supplier wants otherwise, all of its lines, before that is proposed: within the limits of its
 * agreement, and not above its prices. It holds nothing: our side asks again when it agrees. Of other orders it says nothing.
 * @throws AppError `call_off.quantity-limit`, `call_off.value-limit`, `call_off.price-above-agreed`
 */
export async function assertAgreed(ctx: Ctx, wanted: readonly WantedOrderLine[]): Promise<void> {
  const called = await callOffs.findCalledLines(
    ctx.tx,
    wanted.map((line) => line.poLineId),
  );
  const [first] = called;
  if (first === undefined) return;
  const agreement = found('agreement', await findAgreement(ctx, first.agreementId));
  const lines = await store.findLines(ctx.tx, agreement.id);
  const growth = grownBy(called, wanted);
  assertGrowthFits(agreement, lines, {
    growth,
    allowancePercent: ctx.policies.agreements.overLimitPercent,
  });
  assertAgreedPrices(lines, growth);
}

/** The called lines with what is wanted of them and what they take now. */
const grownBy = <Line extends callOffs.CalledLine>(
  called: readonly (callOffs.CalledLine & { readonly agreementLineId: string })[],
  wanted: readonly Line[],
) =>
  called.flatMap((before) => {
    const after = wanted.find((line) => line.poLineId === before.poLineId);
    return after === undefined ? [] : [{ ...after, agreementLineId: before.agreementLineId, before }];
  });

/** Counts anew what changed order lines take of their agreements. */
export async function recountCallOff(ctx: Ctx, changed: readonly callOffs.CalledLine[]): Promise<void> {
  await heldAgreements(ctx, changed);
  await callOffs.saveCalledLines(ctx.tx, changed);
}

/** The agreements that these order lines were called off of, held, each with what its lines grow by. */
async function heldAgreements(
  ctx: Ctx,
  changed: readonly callOffs.CalledLine[],
): Promise<
  {
    agreement: Agreement;
    lines: readonly AgreementLine[];
    growth: readonly (callOffs.CalledLine & {
      readonly agreementLineId: string;
      readonly before: callOffs.CalledLine;
    })[];
  }[]
> {
  const called = await callOffs.findCalledLines(
    ctx.tx,
    changed.map((line) => line.poLineId),
  );
  const held = [];
  // An order is called off of one agreement.
  for (const agreementId of new Set(called.map((line) => line.agreementId))) {
    const agreement = found('agreement', await store.lockForOrders(ctx.tx, agreementId));
    const lines = await store.findLines(ctx.tx, agreementId);
    const growth = grownBy(
      called.filter((line) => line.agreementId === agreementId),
      changed,
    );
    held.push({ agreement, lines, growth });
  }
  return held;
}

import {
  budgetYear,
  carryReserved,
  findReserved,
  freeReserved,
  type Need,
  reserveBudgets,
} from '../budgets/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { addDecimals, compareDecimals, lineAmount, subtractDecimals, sumMoney } from '../kernel/money.ts';
import { dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { freeLines, spread } from '../requisitions/index.ts';
import type { EventItem } from './event-item.ts';
import * as sourceStore from './event-item-source.store.ts';
import type { SourcingEvent } from './sourcing-event.ts';

/**
 * Asks the budgets before suppliers are asked, and again before an open event is changed: lines from requisitions have reserved theirs, and where the event expects
 * more than that the rest is reserved now; an event that names an account reserves all it expects.
 * @throws AppError `budget.none`, `budget.exceeded`, `budget.currency-differs`, `sourcing_event.account-without-estimate`
 */
export async function fundEvent(ctx: Ctx, event: SourcingEvent, items: readonly EventItem[]): Promise<void> {
  await carry(
    ctx,
    event.id,
    items.flatMap((item) =>
      item.estimatedPrice === null
        ? []
        : [{ id: item.id, amount: amountOf(item, event.currency), isExact: false }],
    ),
    event.currency,
  );
  const account = await sourceStore.findAccount(ctx.tx, event.id);
  if (account === null) return;
  if (event.estimatedValue === null)
    throw ruleBroken('sourcing_event.account-without-estimate', 'A budget is asked with an estimate');
  const sourced = new Set((await sourceStore.findSources(ctx.tx, event.id)).map((one) => one.eventItemId));
  const own = items.filter((item) => !sourced.has(item.id));
  const need: Need = {
    documentType: 'sourcing_event',
    documentId: event.id,
    label: event.reference,
    account,
    plantCode: event.plantCode,
    year: budgetYear(
      own
        .map((item) => item.needByOn)
        .filter((day) => day !== null)
        .toSorted()[0] ?? null,
      dayIn(ctx.now, ctx.policies.company.timeZone),
    ),
    amount: sumMoney(
      own.map((item) => amountOf(item, event.currency)),
      event.currency,
    ),
    currency: event.currency,
  };
  // Amended, it has reserved before, and only the difference is asked for.
  if ((await findReserved(ctx, [event.id])).has(event.id))
    await carryReserved(ctx, [{ documentId: event.id, amount: need.amount }]);
  else await reserveBudgets(ctx, [need], { agreedBudgetIds: [] });
}

const amountOf = (item: Pick<EventItem, 'quantity' | 'estimatedPrice'>, currency: string): string =>
  lineAmount({ quantity: item.quantity, unitPrice: item.estimatedPrice ?? '0', currency });

type Expected = { readonly id: string; readonly amount: string; readonly isExact: boolean };

/**
 * Carries the reserves of the sources on to what their lines are expected to cost. What is exact (an award of the whole
 * line) takes the place of what was reserved; an estimate only raises it.
 */
async function carry(
  ctx: Ctx,
  eventId: string,
  expected: readonly Expected[],
  currency: string,
): Promise<void> {
  const sources = await sourceStore.findSources(ctx.tx, eventId);
  if (sources.length === 0) return;
  const reserved = await findReserved(
    ctx,
    sources.map((source) => source.requisitionLineId),
  );
  const amounts = expected.flatMap(({ id, amount, isExact }) => {
    const own = sources.filter((source) => source.eventItemId === id);
    if (own.length === 0) return [];
    const quantity = addDecimals(own.map((source) => source.quantity));
    if (isExact)
      return spread({ quantity, amount, currency }, own).map((share) => ({
        documentId: share.requisitionLineId,
        amount: share.amount,
      }));
    const more = subtractDecimals(
      amount,
      addDecimals(own.map((source) => reserved.get(source.requisitionLineId) ?? '0')),
    );
    if (compareDecimals(more, '0') <= 0) return [];
    return spread({ quantity, amount: more, currency }, own).map((share) => ({
      documentId: share.requisitionLineId,
      amount: addDecimals([reserved.get(share.requisitionLineId) ?? '0', share.amount]),
    }));
  });
  await carryReserved(ctx, amounts);
}

/**
 * An award says what the lines cost: the budgets are asked again, before it binds. Lines that nobody won wait for
 * another event.
 * @throws AppError `budget.exceeded`
 */
export async function fundAward(
  ctx: Ctx,
  of: {
    event: SourcingEvent;
    items: readonly EventItem[];
    awarded: readonly { eventItemId: string; quantity: string; amount: string }[];
  },
): Promise<void> {
  const { event, items, awarded } = of;
  const perItem = items.map((item) => {
    const lines = awarded.filter((line) => line.eventItemId === item.id);
    return {
      id: item.id,
      amount: addDecimals(lines.map((line) => line.amount)),
      isAwarded: lines.length > 0,
      isExact: compareDecimals(addDecimals(lines.map((line) => line.quantity)), item.quantity) >= 0,
    };
  });
  await carry(
    ctx,
    event.id,
    perItem.filter((one) => one.isAwarded),
    event.currency,
  );
  const lost = new Set(perItem.filter((one) => !one.isAwarded).map((one) => one.id));
  const sources = await sourceStore.findSources(ctx.tx, event.id);
  await freeLines(
    ctx,
    sources.filter((source) => lost.has(source.eventItemId)).map((source) => source.requisitionLineId),
  );
  if ((await sourceStore.findAccount(ctx.tx, event.id)) !== null) {
    const sourced = new Set(sources.map((source) => source.eventItemId));
    const own = awarded.filter((line) => !sourced.has(line.eventItemId)).map((line) => line.amount);
    await carryReserved(ctx, [{ documentId: event.id, amount: addDecimals(own) }]);
  }
}

/** The event came to nothing: its lines wait again, and what it had reserved itself is free. */
export async function releaseEvent(ctx: Ctx, eventId: string): Promise<void> {
  const sources = await sourceStore.findSources(ctx.tx, eventId);
  await freeLines(
    ctx,
    sources.map((source) => source.requisitionLineId),
  );
  await freeReserved(ctx, [eventId]);
}

import { found, ruleBroken } from '../kernel/errors.ts';
import { isZero } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  answerTimes,
  assertFunded,
  lockChange,
  type NamedChange,
  newChange,
  nextNo,
  personIn,
  recordChange,
  sideOf,
} from './change-order.service.ts';
import * as store from './change-order.store.ts';
import {
  type ChangeOrder,
  changeOf,
  counterChange,
  isSameTerms,
  type LineChange,
  type LineTerms,
  termsOf,
  totalOf,
} from './change-order.ts';
import type { Delivery, OrderLine } from './fulfilment.ts';
import { answerDueFrom } from './order-response.ts';
import { findOrderLines } from './orders.service.ts';
import { saveOrder } from './purchase-order.store.ts';
import { assertRunning } from './purchase-order.ts';

/** A line as the one who counters would have it. */
export type CounteredLine = {
  readonly poLineId: string;
  readonly unitPrice: LineTerms['unitPrice'];
  readonly deliveries: readonly Delivery[];
  /** Is the item that the other side offered taken with it? */
  readonly keepsItem: boolean;
};

/**
 * Answers a proposal with another one, which the other side answers in turn; until then the order stays as it is.
 * Lines that are wanted as the order says are left out of it.
 * @throws AppError what `lockChange`, `counterChange` and `changeOf` throw, `change_order.counters-nothing`,
 * `change_order.counter-is-proposal`, `budget.exceeded`
 */
export async function counterProposal(
  ctx: Ctx,
  of: NamedChange & { reason: string; lines: readonly CounteredLine[] },
): Promise<void> {
  const { order, change } = await lockChange(ctx, of);
  assertRunning(order);
  const by = { side: sideOf(ctx), userId: personIn(ctx), at: ctx.now, reason: of.reason };
  const countered = counterChange(change, by);
  const lines = counteredLines(await findOrderLines(ctx, order.id), { change, wanted: of.lines });
  if (by.side === 'buyer') await assertFunded(ctx, order, lines);
  const counter: ChangeOrder = {
    ...newChange(ctx, order, {
      changeNo: nextNo(await store.findChanges(ctx.tx, order.id)),
      kind: 'change',
      lines,
      reason: of.reason,
      isTolerated: false,
      dueAt: answerDueFrom(ctx.now, await answerTimes(ctx)),
    }),
    countersId: change.id,
  };
  await store.saveChange(ctx.tx, countered);
  await store.insertChanges(ctx.tx, [counter]);
  await saveOrder(ctx.tx, order);
  await recordChange(ctx, order, { action: 'change-countered', change: counter, reason: of.reason });
}

/** What a counter-proposal says, line by line. @throws AppError see {@link counterProposal} */
export function counteredLines(
  lines: readonly OrderLine[],
  { change, wanted }: { change: Pick<ChangeOrder, 'lines'>; wanted: readonly CounteredLine[] },
): LineChange[] {
  const differs: boolean[] = [];
  const counter = change.lines.flatMap((proposed) => {
    const line = found(
      'po_line',
      lines.find(({ id }) => id === proposed.poLineId),
    );
    const typed = found(
      'po_line',
      wanted.find(({ poLineId }) => poLineId === proposed.poLineId),
    );
    const item = typed.keepsItem ? proposed.after.item : undefined;
    const terms: LineTerms = {
      unitPrice: typed.unitPrice ?? termsOf(line).unitPrice,
      // Nothing typed of it leaves the deliveries as they are.
      deliveries: isZero(totalOf(typed.deliveries)) ? line.deliveries : typed.deliveries,
      ...(item === undefined ? {} : { item }),
    };
    const asOrdered = item === undefined && isSameTerms(termsOf(line), termsOf({ ...line, ...terms }));
    if (asOrdered) {
      differs.push(true);
      return [];
    }
    const one = changeOf(line, terms);
    differs.push(
      proposed.code === '7' ||
        (proposed.after.item !== undefined && item === undefined) ||
        !isSameTerms(one.after, proposed.after),
    );
    return [one];
  });
  if (counter.length === 0)
    throw ruleBroken('change_order.counters-nothing', 'That is the order as it stands: refuse the proposal');
  if (!differs.includes(true))
    throw ruleBroken('change_order.counter-is-proposal', 'That is what was proposed: accept it');
  return counter;
}

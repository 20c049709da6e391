import { found, ruleBroken } from '../kernel/errors.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { OrderLine } from './fulfilment.ts';
import type { Charge } from './order-charges.ts';
import type { PurchaseOrder } from './purchase-order.ts';

/** What may be mended of an order that follows an award or an agreement: all but who sells what at which price. */
export type Mending = {
  readonly title: string;
  readonly incotermPlace: string;
  /** Null for the plant's. */
  readonly deliveryAddress: string | null;
  readonly charges: readonly Charge[];
  readonly taxRate: DecimalString | null;
  readonly lines: readonly MendedLine[];
};
export type MendedLine = {
  readonly poLineId: string;
  /** Begins with the words that were awarded or agreed on. */
  readonly description: string;
  readonly dueOn: Day | null;
};

/**
 * Only what an approver returned, or nobody was asked about yet, is mended; an order of nobody's award is edited as a whole.
 * @throws AppError `purchase_order.is-no-draft`, `purchase_order.is-edited-as-a-whole`
 */
export function assertMendable(
  order: Pick<PurchaseOrder, 'state' | 'reference' | 'awardId'>,
  of: { isCalledOff: boolean },
): void {
  const { reference } = order;
  if (order.state !== 'draft')
    throw ruleBroken('purchase_order.is-no-draft', 'Only a draft is mended', { reference });
  if (order.awardId === null && !of.isCalledOff)
    throw ruleBroken('purchase_order.is-edited-as-a-whole', 'It follows nothing', { reference });
}

/**
 * The order's lines as they are mended: a text may say more than what was awarded, never something else.
 * @param agreed the words that were awarded or agreed on, by line
 * @throws AppError `po_line.not-found`, `purchase_order.text-not-awarded`
 */
export function mendedLines(
  lines: readonly OrderLine[],
  { wanted, agreed }: { wanted: readonly MendedLine[]; agreed: ReadonlyMap<string, string> },
): OrderLine[] {
  const byId = new Map(wanted.map((line) => [line.poLineId, line]));
  for (const id of byId.keys())
    found(
      'po_line',
      lines.find((line) => line.id === id),
    );
  return lines.map((line) => {
    const mended = byId.get(line.id);
    if (mended === undefined) return line;
    const { description, dueOn } = mended;
    if (!description.startsWith(agreed.get(line.id) ?? line.description))
      throw ruleBroken('purchase_order.text-not-awarded', 'It says something else than was awarded', {
        line: line.lineNo,
      });
    const deliveries = line.deliveries.map((delivery) => ({ ...delivery, dueOn }));
    return { ...line, description, dueOn, deliveries };
  });
}

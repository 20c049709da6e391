import { type FieldError, invalid, ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import {
  compareDecimals,
  type DecimalString,
  floorTo,
  isPositive,
  multiplyDecimals,
  ratio,
  subtractDecimals,
  trimDecimal,
} from '../../kernel/money.ts';
import { isService } from '../../kernel/quantity.ts';
import type { Day } from '../../kernel/time.ts';
import { type OrderLine, openQuantity } from '../../orders/index.ts';
import type { DespatchLine } from '../despatch-advice.ts';

/** The supplier states work; whoever ordered or needed it accepts or refuses it. Time decides nothing. */
export const serviceEntryLifecycle = defineLifecycle('service_entry', 'submitted', {
  submitted: { accept: 'accepted', refuse: 'refused', withdraw: 'withdrawn' },
  accepted: {},
  refused: {},
  withdrawn: {},
});
type ServiceEntryState = (typeof serviceEntryLifecycle.states)[number];

/** Work done on one line of an order, as its supplier states it. */
export type ServiceEntry = {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly poLineId: string;
  readonly supplierId: string;
  readonly state: ServiceEntryState;
  readonly workedFrom: Day;
  readonly workedUntil: Day;
  readonly quantity: DecimalString;
  readonly description: string;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  /** When who has to answer is reminded; nothing else happens then. */
  readonly dueAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string;
  /** What accepted work counts as received by. */
  readonly receiptId: string | null;
};

/** What of a line can still be stated: open, and not stated already and waiting. */
export const statableQuantity = (line: OrderLine, waiting: DecimalString): DecimalString => {
  const left = subtractDecimals(openQuantity(line), waiting);
  return isPositive(left) ? left : '0';
};

/** As many of the line's units as somebody wrote: `12.5`, or `40%` of all that was ordered. */
export const statedQuantity = (written: string, { quantity }: Pick<OrderLine, 'quantity'>): DecimalString =>
  written.endsWith('%')
    ? floorTo(ratio(multiplyDecimals(quantity, written.slice(0, -1)), '100'), 6)
    : written;

/**
 * Asks whether this work can be stated.
 * @throws AppError `service_entry.line-is-goods`, `service_entry.work-refused`
 */
export function assertCanState(
  work: { workedFrom: Day; workedUntil: Day; quantity: DecimalString },
  of: { line: OrderLine; waiting: DecimalString; today: Day; units: readonly string[] },
): void {
  if (!isService(of.line, of.units))
    throw ruleBroken('service_entry.line-is-goods', 'The line is goods', { line: of.line.lineNo });
  const fault = (path: string, code: string, params: FieldError['params'] = {}): FieldError => ({
    path,
    code: `service_entry.${code}`,
    message: code,
    params,
  });
  const faults: FieldError[] = [];
  if (work.workedUntil < work.workedFrom) faults.push(fault('workedUntil', 'ends-before-it-begins'));
  else if (work.workedUntil > of.today) faults.push(fault('workedUntil', 'not-done-yet'));
  const most = statableQuantity(of.line, of.waiting);
  if (!isPositive(work.quantity)) faults.push(fault('quantity', 'nothing-done'));
  else if (compareDecimals(work.quantity, most) > 0)
    faults.push(fault('quantity', 'more-than-open', { most: trimDecimal(most) }));
  if (faults.length > 0) throw invalid('service_entry.work-refused', 'The work cannot be stated', faults);
}

/**
 * Work is accepted or refused by who ordered it or who needs it, and never by who pays for it.
 * @throws AppError `service_entry.not-yours-to-answer`, `service_entry.answered-by-who-pays`
 */
export function assertMayAnswer(
  userId: string,
  of: { buyerId: string; requesterIds: readonly string[]; pays: boolean },
): void {
  if (userId !== of.buyerId && !of.requesterIds.includes(userId))
    throw ruleBroken('service_entry.not-yours-to-answer', 'Neither ordered nor needed by this person');
  if (of.pays) throw ruleBroken('service_entry.answered-by-who-pays', 'Whoever pays does not accept');
}

/**
 * Goods are announced and counted; work is neither.
 * @throws AppError `service_entry.line-is-work`
 */
export function assertGoods(
  lines: readonly OrderLine[],
  chosen: readonly DespatchLine[],
  units: readonly string[],
): void {
  const moved = new Set(chosen.filter((row) => isPositive(row.quantity)).map((row) => row.poLineId));
  const work = lines.find((line) => moved.has(line.id) && isService(line, units));
  if (work !== undefined)
    throw ruleBroken('service_entry.line-is-work', 'The line is work', { line: work.lineNo });
}

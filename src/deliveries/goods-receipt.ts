import { type FieldError, found, invalid, ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { type Arrival, type OrderLine, overQuantity, receivableQuantity } from '../orders/index.ts';
import type { DespatchLine } from './despatch-advice.ts';
import { isAccepted, type SamplingPlan, samplingPlan } from './quality/sampling.ts';

/** A receipt is posted as it is counted; a posted one is corrected by a counter-document only. */
export const goodsReceiptLifecycle = defineLifecycle('goods_receipt', 'draft', {
  draft: { post: 'posted' },
  posted: {},
});
export type ReceiptState = (typeof goodsReceiptLifecycle.states)[number];

/** What arrived at a plant, of one order. */
export type GoodsReceipt = {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  /** Null when the goods came without an announcement. */
  readonly despatchAdviceId: string | null;
  readonly supplierId: string;
  readonly plantCode: string;
  readonly state: ReceiptState;
  readonly receivedOn: Day;
  readonly note: string;
  readonly postedBy: string;
  readonly postedAt: Date;
};

/** A line as the receiver counted it. */
export type CountedLine = {
  readonly poLineId: string;
  /** Taken: what counts as received. */
  readonly quantity: DecimalString;
  readonly shortfallReason: string;
  /** Came as well, and was not taken. */
  readonly rejectedQuantity?: DecimalString;
  readonly rejectionReason?: string;
  /** Defective pieces among those of the sample that were looked at; null or left out where none was taken. */
  readonly defectCount?: number | null;
};
/** A line of the receipt; `announcedQuantity` is null where nothing was announced. */
export type CheckedLine = Pick<CountedLine, 'poLineId' | 'quantity' | 'shortfallReason'> & {
  readonly announcedQuantity: DecimalString | null;
  readonly rejectedQuantity: DecimalString;
  readonly rejectionReason: string;
  readonly sample: Sample | null;
  /** How much of it is more than was ordered. */
  readonly overQuantity: DecimalString;
};
/** What an inspection found in its sample. */
export type Sample = SamplingPlan & { readonly defectCount: number };

/** All that came, taken or not. */
const arrived = (line: Pick<CountedLine, 'quantity' | 'rejectedQuantity'>): DecimalString =>
  addDecimals([line.quantity, line.rejectedQuantity ?? '0']);

/** Less came than was announced. */
export const isShort = (
  line: Pick<CheckedLine, 'quantity' | 'announcedQuantity'> & Pick<CountedLine, 'rejectedQuantity'>,
): boolean => line.announcedQuantity !== null && compareDecimals(arrived(line), line.announcedQuantity) < 0;

/** Less is taken than was announced: it did not come, or was rejected. */
export const isTakenInPart = (line: Pick<CheckedLine, 'quantity' | 'announcedQuantity'>): boolean =>
  line.announcedQuantity !== null && compareDecimals(line.quantity, line.announcedQuantity) < 0;

/**
 * The lines of a receipt, from a form's rows in their order. A row of nothing is left out, unless it was
 * announced; more than announced may come, up to what is open on the order and what the house takes beyond it.
 * @throws AppError `goods_receipt.lines-refused` with a field for each line that is over the order or short
 * without a reason, `goods_receipt.line-not-counted`, `goods_receipt.nothing-received`, `po_line.not-found`
 */
export function checkCount(of: {
  orderLines: readonly OrderLine[];
  announced: readonly DespatchLine[];
  rows: readonly CountedLine[];
  /** How many percent more than ordered are taken. */
  overPercent: DecimalString;
  /**
   * The form's rows where it counts several orders, of which these are one: nothing may have come of it, and faults
   * are named by their place in the form.
   */
  allRows?: readonly CountedLine[];
}): CheckedLine[] {
  const byId = new Map(of.orderLines.map((line) => [line.id, line]));
  const announced = new Map(of.announced.map((line) => [line.poLineId, line.quantity]));
  const counted = new Set(of.rows.map((row) => row.poLineId));
  const uncounted = of.announced.find((line) => !counted.has(line.poLineId));
  if (uncounted !== undefined)
    throw ruleBroken('goods_receipt.line-not-counted', 'An announced line is not counted', {
      line: found('po_line', byId.get(uncounted.poLineId)).lineNo,
    });
  const checked = of.rows.map((row) => ({
    ...row,
    announcedQuantity: announced.get(row.poLineId) ?? null,
    line: found('po_line', byId.get(row.poLineId)),
  }));
  if (of.allRows === undefined && !checked.some((row) => isPositive(arrived(row))))
    throw ruleBroken('goods_receipt.nothing-received', 'Nothing was received');
  const refused = checked.flatMap((row, index) => {
    const place = of.allRows?.findIndex((one) => one.poLineId === row.poLineId) ?? index;
    return faultOf(row, { index: place, overPercent: of.overPercent });
  });
  if (refused.length > 0) throw invalid('goods_receipt.lines-refused', 'Lines need attention', refused);
  return checked
    .filter((row) => isPositive(arrived(row)) || row.announcedQuantity !== null)
    .map((row) => ({
      poLineId: row.poLineId,
      quantity: row.quantity,
      announcedQuantity: row.announcedQuantity,
      shortfallReason: isShort(row) ? row.shortfallReason : '',
      rejectedQuantity: row.rejectedQuantity ?? '0',
      rejectionReason: isPositive(row.rejectedQuantity ?? '0') ? (row.rejectionReason ?? '') : '',
      sample: sampleOf(row),
      overQuantity: overOf(row),
    }));
}

/** The sample that somebody looked at, with the plan for all that came. */
const sampleOf = (row: CountedLine): Sample | null =>
  row.defectCount === undefined || row.defectCount === null || !isPositive(arrived(row))
    ? null
    : { ...samplingPlan(arrived(row)), defectCount: row.defectCount };

type Row = CountedLine & { readonly announcedQuantity: DecimalString | null; readonly line: OrderLine };

/** What this row brings beyond what was ordered. */
const overOf = ({ line, quantity }: Row): DecimalString => {
  const receivedQuantity = addDecimals([line.receivedQuantity, quantity]);
  return subtractDecimals(overQuantity({ ...line, receivedQuantity }), overQuantity(line));
};

function faultOf(
  row: Row,
  { index, overPercent }: { index: number; overPercent: DecimalString },
): FieldError[] {
  const { line } = row;
  const most = receivableQuantity(line, overPercent);
  if (compareDecimals(row.quantity, most) > 0)
    return [
      {
        path: `lines.${index}.quantity`,
        code: 'goods_receipt.more-than-ordered',
        message: `Line ${line.lineNo}: at most ${most}`,
        params: {
          line: line.lineNo,
          most: trimDecimal(most),
          ordered: trimDecimal(line.quantity),
          percent: trimDecimal(overPercent),
        },
      },
    ];
  const refused = faultOfRejection(row, index);
  if (refused !== null) return [refused];
  if (isShort(row) && row.shortfallReason === '')
    return [
      {
        path: `lines.${index}.shortfallReason`,
        code: 'goods_receipt.short-without-reason',
        message: `Line ${line.lineNo}: ${row.quantity} of ${row.announcedQuantity} announced`,
        params: {
          line: line.lineNo,
          received: trimDecimal(arrived(row)),
          announced: trimDecimal(row.announcedQuantity ?? '0'),
        },
      },
    ];
  return [];
}

/** What is rejected has a reason, and a lot whose sample failed is not taken as if it had not. */
function faultOfRejection(row: Row, index: number): FieldError | null {
  const { line } = row;
  const fault = (field: string, code: string, params: FieldError['params'] = {}): FieldError => ({
    path: `lines.${index}.${field}`,
    code: `goods_receipt.${code}`,
    message: `Line ${line.lineNo}: ${code}`,
    params: { line: line.lineNo, ...params },
  });
  const isRejected = isPositive(row.rejectedQuantity ?? '0');
  if (isRejected && (row.rejectionReason ?? '') === '')
    return fault('rejectionReason', 'rejected-without-reason');
  const sample = sampleOf(row);
  if (sample === null) return null;
  const { sampleSize, acceptanceNumber, defectCount } = sample;
  if (defectCount > sampleSize) return fault('defectCount', 'more-defects-than-looked-at', { sampleSize });
  if (!isAccepted(sample, defectCount) && !isRejected)
    return fault('rejectedQuantity', 'sample-failed', { defectCount, acceptanceNumber });
  return null;
}

/**
 * Goods are received on a day that has come, and not before they were ordered.
 * @throws AppError `goods_receipt.date-refused`
 */
export function assertReceivedOn(receivedOn: Day, bounds: { orderedOn: Day; today: Day }): void {
  const code =
    receivedOn > bounds.today
      ? 'goods_receipt.received-in-future'
      : receivedOn < bounds.orderedOn
        ? 'goods_receipt.received-before-order'
        : null;
  if (code !== null)
    throw invalid('goods_receipt.date-refused', 'The day of receipt cannot be', [
      { path: 'receivedOn', code, message: code },
    ]);
}

/** What the order books: each line's arrival, beside what other deliveries still have under way. */
export const arrivalsOf = (
  lines: readonly CheckedLine[],
  underWay: ReadonlyMap<string, DecimalString>,
): Arrival[] =>
  lines.map(({ poLineId, quantity }) => ({
    poLineId,
    quantity,
    underWayQuantity: underWay.get(poLineId) ?? '0',
  }));

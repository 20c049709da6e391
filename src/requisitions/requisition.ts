import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { addDecimals, type DecimalString, lineAmount, sumMoney } from '../kernel/money.ts';
import type { UnitCode } from '../kernel/quantity.ts';
import type { Day } from '../kernel/time.ts';
import { averagePrice, type Source } from './spread.ts';

/** An internal need, until everything has come. From `approved` on its state follows from its lines. */
export const requisitionLifecycle = defineLifecycle('requisition', 'draft', {
  draft: { submit: 'submitted', cancel: 'cancelled' },
  submitted: { approve: 'approved', reject: 'rejected', return: 'returned', cancel: 'cancelled' },
  returned: { revise: 'draft', cancel: 'cancelled' },
  approved: {
    source: 'sourcing',
    'order-part': 'part_ordered',
    order: 'ordered',
    receive: 'received',
    cancel: 'cancelled',
  },
  sourcing: { free: 'approved', 'order-part': 'part_ordered', order: 'ordered', receive: 'received' },
  part_ordered: { free: 'approved', source: 'sourcing', order: 'ordered', receive: 'received' },
  ordered: { free: 'approved', source: 'sourcing', 'order-part': 'part_ordered', receive: 'received' },
  received: {},
  rejected: {},
  cancelled: {},
});
export type RequisitionState = (typeof requisitionLifecycle.states)[number];

/** How far a line is: it waits, is asked for in an event, is ordered, has come. */
export const lineProgresses = ['open', 'sourcing', 'ordered', 'received'] as const;
export type LineProgress = (typeof lineProgresses)[number];

export type RequisitionLine = {
  readonly id: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: UnitCode;
  /** The requester's own word for the unit, where it was not the code. */
  readonly originalUnit: string | null;
  readonly plantCode: string;
  readonly needByOn: Day | null;
  /** Cost centre or ledger account: which budget it is bought from. */
  readonly account: string | null;
  /** What the requester expects one unit to cost. */
  readonly estimatedPrice: DecimalString | null;
  readonly progress: LineProgress;
};

/** A line as somebody gives it. */
export type NewRequisitionLine = Omit<RequisitionLine, 'id' | 'lineNo' | 'progress'>;

/** What is said of a requisition before its lines. */
export type RequisitionTerms = {
  readonly title: string;
  readonly note: string;
  readonly categoryCode: string;
  /** Where it is asked from; each line says where it goes. */
  readonly plantCode: string;
  readonly currency: string;
};

export type Requisition = RequisitionTerms & {
  readonly id: string;
  /** What people call it by: `PR-2026-0042`. */
  readonly reference: string;
  readonly state: RequisitionState;
  /** The sum of the line estimates; null unless every line has one. */
  readonly estimatedValue: DecimalString | null;
  readonly requesterId: string;
  /** `portal`, or the name of the system it came from. */
  readonly source: string;
  readonly externalReference: string | null;
  readonly submittedAt: Date | null;
  readonly createdAt: Date;
  readonly version: number;
};

type Estimated = Pick<RequisitionLine, 'quantity' | 'estimatedPrice'>;

/** What a line will cost if its estimate holds; null where nobody estimated. */
export const estimateOf = (line: Estimated, currency: string): DecimalString | null =>
  line.estimatedPrice === null
    ? null
    : lineAmount({ quantity: line.quantity, unitPrice: line.estimatedPrice, currency });

/** The sum of the estimates; null unless there are lines and each has one. */
export function estimatedValueOf(lines: readonly Estimated[], currency: string): DecimalString | null {
  const amounts = lines.map((line) => estimateOf(line, currency)).filter((amount) => amount !== null);
  return lines.length === 0 || amounts.length < lines.length ? null : sumMoney(amounts, currency);
}

/**
 * What is submitted can be approved and bought: every line names its account and what it will cost.
 * @throws AppError `requisition.has-no-lines`, `requisition.line-without-account`, `requisition.line-without-estimate`,
 * `requisition.needed-in-the-past`
 */
export function assertComplete(
  lines: readonly Pick<RequisitionLine, 'lineNo' | 'account' | 'estimatedPrice' | 'needByOn'>[],
  today: Day,
): void {
  if (lines.length === 0) throw ruleBroken('requisition.has-no-lines', 'It has no lines');
  const homeless = lines.find((line) => line.account === null);
  if (homeless !== undefined)
    throw ruleBroken('requisition.line-without-account', 'Every line names an account', {
      line: homeless.lineNo,
    });
  const priceless = lines.find((line) => line.estimatedPrice === null);
  if (priceless !== undefined)
    throw ruleBroken('requisition.line-without-estimate', 'Every line needs an estimate', {
      line: priceless.lineNo,
    });
  const late = lines.find((line) => line.needByOn !== null && line.needByOn < today);
  if (late !== undefined)
    throw ruleBroken('requisition.needed-in-the-past', 'That day has passed', { line: late.lineNo });
}

/** @throws AppError `requisition.has-too-many-lines` */
export function assertLineCount(count: number, maximum: number): void {
  if (count > maximum)
    throw ruleBroken('requisition.has-too-many-lines', `At most ${maximum} lines`, { count, maximum });
}

/** Only a draft, or one that was given back, is changed. @throws AppError `requisition.is-no-draft` */
export function assertIsDraft(requisition: Pick<Requisition, 'state'>): void {
  if (requisition.state !== 'draft' && requisition.state !== 'returned')
    throw ruleBroken('requisition.is-no-draft', 'Only a draft can be changed', { state: requisition.state });
}

/** The state that the lines make, once it is approved. */
export function stateOfLines(
  lines: readonly Pick<RequisitionLine, 'progress'>[],
): 'approved' | 'sourcing' | 'part_ordered' | 'ordered' | 'received' {
  const every = (...progresses: readonly LineProgress[]) =>
    lines.every((line) => progresses.includes(line.progress));
  if (every('received')) return 'received';
  if (every('ordered', 'received')) return 'ordered';
  if (lines.some((line) => line.progress === 'ordered' || line.progress === 'received'))
    return 'part_ordered';
  return every('open') ? 'approved' : 'sourcing';
}

/** Has it been approved, so that its lines decide where it stands? */
export const isUnderWay = (state: RequisitionState): boolean =>
  ['approved', 'sourcing', 'part_ordered', 'ordered'].includes(state);

/** Nothing of it is asked for or ordered yet, so it can still be ended. @throws AppError `requisition.is-being-bought` */
export function assertNothingBought(lines: readonly Pick<RequisitionLine, 'progress'>[]): void {
  if (lines.some((line) => line.progress !== 'open'))
    throw ruleBroken('requisition.is-being-bought', 'Lines of it are in an event or ordered');
}

/** The steps people see, each with the states that stand on it. */
export const requisitionSteps: readonly {
  readonly key: string;
  readonly states: readonly RequisitionState[];
}[] = [
  { key: 'draft', states: ['draft', 'returned'] },
  { key: 'approval', states: ['submitted'] },
  { key: 'sourcing', states: ['approved', 'sourcing'] },
  { key: 'ordering', states: ['part_ordered', 'ordered'] },
  { key: 'received', states: ['received'] },
];

/** An approved line that a buyer can pick. */
export type WaitingLine = RequisitionLine & {
  /** What was asked for, where others have taken a part of it. */
  readonly wholeQuantity: DecimalString;
  readonly requisitionId: string;
  readonly reference: string;
  readonly requesterName: string;
  readonly categoryCode: string;
  readonly currency: string;
};

/** A line of an event that is to be made, and which requisition lines it asks for. */
export type MergedLine = {
  readonly item: NewRequisitionLine;
  readonly sources: readonly Source[];
  /** What is needed when, where it is not all of one day; empty also where a day is not known. */
  readonly schedule: readonly { readonly quantity: DecimalString; readonly deliverOn: Day }[];
  /** What goes to which plant, where it is more than one. */
  readonly places: readonly { readonly quantity: DecimalString; readonly plantCode: string }[];
};

/**
 * Lines for one item in one unit become one: their quantities are added, the earliest day counts, and what was reserved
 * stays what is expected. Lines without an item code are each their own, with all their parts: two texts are never taken
 * for one thing.
 */
export function mergeLines(lines: readonly WaitingLine[]): MergedLine[] {
  const groups = new Map<string, WaitingLine[]>();
  for (const line of lines) {
    const key =
      line.itemCode === null ? `${line.requisitionId}\n${line.lineNo}` : `${line.itemCode}\n${line.unit}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const quantity = addDecimals(group.map((line) => line.quantity));
    return [
      {
        item: {
          itemCode: first.itemCode,
          description: first.description,
          quantity,
          unit: first.unit,
          originalUnit: first.originalUnit,
          plantCode: first.plantCode,
          needByOn: earliest(group.map((line) => line.needByOn)),
          account: first.account,
          estimatedPrice: averagePrice(group),
        },
        sources: group.map((line) => ({ requisitionLineId: line.id, quantity: line.quantity })),
        schedule: scheduleOf(group),
        places: placesOf(group),
      },
    ];
  });
}

const earliest = (days: readonly (Day | null)[]): Day | null =>
  days.filter((day) => day !== null).toSorted()[0] ?? null;

function scheduleOf(group: readonly WaitingLine[]): MergedLine['schedule'] {
  const days = [...new Set(group.map((line) => line.needByOn))].filter((day) => day !== null).toSorted();
  if (days.length < 2 || group.some((line) => line.needByOn === null)) return [];
  return days.map((deliverOn) => ({
    deliverOn,
    quantity: addDecimals(group.filter((line) => line.needByOn === deliverOn).map((line) => line.quantity)),
  }));
}

function placesOf(group: readonly WaitingLine[]): MergedLine['places'] {
  const plants = [...new Set(group.map((line) => line.plantCode))];
  if (plants.length < 2) return [];
  return plants.map((plantCode) => ({
    plantCode,
    quantity: addDecimals(group.filter((line) => line.plantCode === plantCode).map((line) => line.quantity)),
  }));
}

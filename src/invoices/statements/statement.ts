import { notFound, ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import {
  compareDecimals,
  type DecimalString,
  isPositive,
  lineAmount,
  subtractDecimals,
  sumMoney,
  trimDecimal,
} from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';

/**
 * What a supplier delivered to a plant in a month and is not paid for: we say it, the supplier agrees or says line by line
 * what is wrong, and then invoices it at once.
 */
export const statementLifecycle = defineLifecycle('statement', 'draft', {
  draft: { send: 'sent' },
  sent: { confirm: 'confirmed', dispute: 'disputed' },
  disputed: { revise: 'revised' },
  revised: { send: 'sent' },
  confirmed: { invoice: 'invoiced' },
  invoiced: { settle: 'settled', release: 'confirmed' },
  settled: {},
});
export type StatementState = (typeof statementLifecycle.states)[number];

/** The states that one rests in: what is revised is sent in the same act. */
export const statementStates = [
  'draft',
  'sent',
  'disputed',
  'confirmed',
  'invoiced',
  'settled',
] as const satisfies readonly StatementState[];

export type Statement = {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly plantCode: string;
  /** Its first day. */
  readonly month: Day;
  readonly currency: string;
  readonly state: StatementState;
  /** How often it was sent. */
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Date | null;
  /** What the supplier says that is about no line. */
  readonly remark: string | null;
  readonly version: number;
};

/** What is to be invoiced by the statement, or what of its month is invoiced already. */
export const statementLineKinds = ['to_invoice', 'invoiced'] as const;

export type StatementLine = {
  readonly id: string;
  readonly lineNo: number;
  readonly kind: (typeof statementLineKinds)[number];
  readonly receiptId: string;
  readonly poLineId: string;
  readonly invoiceId: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly amount: DecimalString;
  /** Not in this statement after all: it comes back in the next month's. */
  readonly isLeftOut: boolean;
  /** Why the supplier does not agree. */
  readonly dispute: string | null;
  readonly answer: string | null;
};

/** A receipt's line as receipts, orders and invoices have it. */
export type ReceivedRow = Pick<
  StatementLine,
  | 'kind'
  | 'receiptId'
  | 'poLineId'
  | 'invoiceId'
  | 'description'
  | 'quantity'
  | 'unit'
  | 'unitPrice'
  | 'priceBaseQuantity'
> & {
  /** What the order as a whole has received and not invoiced. */
  readonly orderOpen: DecimalString;
};

/** A line as it stands in receipts and orders now. */
export type FoundLine = Omit<StatementLine, 'id' | 'isLeftOut' | 'dispute' | 'answer'>;

/**
 * The lines of a statement: each receipt's, in their order, of an order line together no more than the order has open,
 * because what was sent back is not paid for.
 */
export function linesOf(rows: readonly ReceivedRow[], currency: string): FoundLine[] {
  const open = new Map<string, DecimalString>();
  const lines = rows.flatMap(({ orderOpen, ...row }) => {
    if (row.kind === 'invoiced') return [row];
    const left = open.get(row.poLineId) ?? orderOpen;
    const quantity = compareDecimals(row.quantity, left) < 0 ? row.quantity : left;
    if (!isPositive(quantity)) return [];
    open.set(row.poLineId, subtractDecimals(left, quantity));
    return [{ ...row, quantity: trimDecimal(quantity) }];
  });
  return lines.map((line, index) => ({
    ...line,
    lineNo: index + 1,
    amount: lineAmount({ ...line, currency }),
  }));
}

/** What tells a line again when it is built anew. */
export const keyOf = (line: Pick<StatementLine, 'kind' | 'receiptId' | 'poLineId' | 'invoiceId'>): string =>
  [line.kind, line.receiptId, line.poLineId, line.invoiceId ?? ''].join('/');

/** Both sums of a statement, without tax: what can be invoiced, and what is invoiced already. */
export const sumsOf = (
  lines: readonly Pick<StatementLine, 'kind' | 'amount' | 'isLeftOut'>[],
  currency: string,
): { toInvoice: DecimalString; invoiced: DecimalString } => {
  const sum = (kind: StatementLine['kind']) =>
    sumMoney(
      lines.filter((line) => line.kind === kind && !line.isLeftOut).map((line) => line.amount),
      currency,
    );
  return { toInvoice: sum('to_invoice'), invoiced: sum('invoiced') };
};

/**
 * The statement as it goes to its supplier, again or for the first time.
 * @throws AppError `statement.cannot-send`, `statement.is-empty`
 */
export function send(
  statement: Statement,
  lines: readonly Pick<StatementLine, 'isLeftOut'>[],
  at: Date,
): Statement {
  const state = statementLifecycle.next(statement.state, 'send');
  if (lines.every((line) => line.isLeftOut))
    throw ruleBroken('statement.is-empty', 'A statement has at least one line');
  return {
    ...statement,
    state,
    revision: statement.revision + 1,
    sentAt: at,
    answeredBy: null,
    answeredAt: null,
  };
}

/** @throws AppError `statement.cannot-confirm` */
export const confirm = (statement: Statement, by: { userId: string; at: Date }): Statement => ({
  ...statement,
  state: statementLifecycle.next(statement.state, 'confirm'),
  answeredBy: by.userId,
  answeredAt: by.at,
  remark: null,
});

/** What a supplier does not agree with, by the line's id, and beside the lines. */
export type Dispute = { readonly reasons: ReadonlyMap<string, string>; readonly remark: string | null };

/**
 * The statement and its lines as the supplier does not agree with them, and says why.
 * @throws AppError `statement.cannot-dispute`, `statement.dispute-says-nothing`, `statement_line.not-found`
 */
export function dispute(
  of: { statement: Statement; lines: readonly StatementLine[] },
  by: Dispute & { userId: string; at: Date },
): { statement: Statement; lines: StatementLine[] } {
  const state = statementLifecycle.next(of.statement.state, 'dispute');
  if (by.reasons.size === 0 && by.remark === null)
    throw ruleBroken('statement.dispute-says-nothing', 'A dispute says what is wrong');
  const known = new Set(of.lines.map((line) => line.id));
  if ([...by.reasons.keys()].some((id) => !known.has(id))) throw notFound('statement_line');
  return {
    statement: {
      ...of.statement,
      state,
      remark: by.remark,
      answeredBy: by.userId,
      answeredAt: by.at,
    },
    // What is said anew takes the place of what was answered; the record keeps both.
    lines: of.lines.map((line) => ({ ...line, dispute: by.reasons.get(line.id) ?? null, answer: null })),
  };
}

/**
 * The lines of a revised statement: as receipts and orders have them now, with what was said of each and what is answered.
 * @param by.answers by the id of the line as it stood
 */
export function reviseLines(
  before: readonly StatementLine[],
  now: readonly FoundLine[],
  by: { leftOut: ReadonlySet<string>; answers: ReadonlyMap<string, string> },
): Omit<StatementLine, 'id'>[] {
  const known = new Map(before.map((line) => [keyOf(line), line]));
  return now.map((line) => {
    const earlier = known.get(keyOf(line));
    return {
      ...line,
      isLeftOut: earlier !== undefined && line.kind === 'to_invoice' && by.leftOut.has(earlier.id),
      dispute: earlier?.dispute ?? null,
      answer: earlier === undefined ? null : (by.answers.get(earlier.id) ?? null),
    };
  });
}

import type { SupplierItem } from '../catalog/index.ts';
import { AppError, found } from '../kernel/errors.ts';
import { type DecimalString, isZero, trimDecimal } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { day, decimal, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError, type TableRow } from '../platform/sheet/table.ts';
import type { Template, TemplateColumn } from '../platform/sheet/write-sheet.ts';
import { inOrder, isSameTerms, termsOf, totalOf } from './change-order.ts';
import type { Delivery, OrderLine } from './fulfilment.ts';
import type { OpenOrder } from './open-orders.queries.ts';
import { answerLines, type LineAnswer } from './order-response.ts';

/** Headings in both languages: the file may go round among colleagues who read either. */
const HEADINGS = {
  reference: ['Order', '订单'],
  lineNo: ['Line', '行'],
  quantity: ['Confirmed quantity', '确认数量'],
  dueOn: ['Confirmed day', '确认日期'],
  reason: ['Reason', '原因'],
  version: ['Version', '版本'],
} as const;

/** All open deliveries to fill in: a row each, and empty ones to split lines into more. */
export function responseTemplate(
  orders: readonly OpenOrder[],
  { t, supplierItems }: { t: Translate; supplierItems: ReadonlyMap<string, SupplierItem> },
): Omit<Template, 'madeAt'> {
  const rows = orders.flatMap((order) =>
    order.lines.flatMap((line) =>
      line.deliveries.map((delivery) => [
        order.reference,
        String(line.lineNo),
        line.itemCode,
        supplierItems.get(line.itemCode ?? '')?.supplierItemCode ?? null,
        line.description,
        t(`unit.${line.unit}`),
        trimDecimal(delivery.quantity),
        delivery.dueOn,
        null,
        null,
        null,
        String(order.version),
      ]),
    ),
  );
  const column = (
    name: string,
    more: Pick<TemplateColumn, 'width' | 'kind'> & Partial<TemplateColumn>,
  ): TemplateColumn => ({ heading: t(`order-sheet.column.${name}`), ...more });
  // The order and the line are typed where a delivery is split, and stand fast elsewhere.
  const isNew = { isInput: true, isInputAt: (row: number) => row >= rows.length };
  return {
    sheetName: t('order-sheet.name'),
    title: t('order-sheet.title'),
    instructions: [t('order-sheet.how-to'), t('order-sheet.split'), t('order-sheet.blank')],
    columns: [
      column('reference', { width: 18, kind: 'text', ...isNew }),
      column('lineNo', { width: 8, kind: 'text', ...isNew }),
      column('itemCode', { width: 16, kind: 'text' }),
      column('supplierItem', { width: 16, kind: 'text' }),
      column('description', { width: 44, kind: 'text' }),
      column('unit', { width: 12, kind: 'text' }),
      column('ordered', { width: 14, kind: 'number' }),
      column('dueOn', { width: 14, kind: 'day' }),
      column('confirmed', { width: 18, kind: 'number', isInput: true, min: 0 }),
      column('confirmedOn', { width: 18, kind: 'day', isInput: true }),
      column('reason', { width: 40, kind: 'text', isInput: true }),
      column('version', { width: 10, kind: 'text', isHidden: true }),
    ],
    rows,
    blankRows: 50,
    refusal: { title: t('order-sheet.refusal-title'), text: t('order-sheet.refusal') },
  };
}

/** What is read for one order: its right lines. */
export type SheetAnswer = {
  readonly orderId: string;
  readonly reference: string;
  readonly version: number;
  readonly lines: readonly (LineAnswer & { readonly lineNo: number })[];
};
export type ResponsePreview = {
  readonly answers: readonly SheetAnswer[];
  readonly errors: readonly SheetError[];
  readonly acceptedCount: number;
  readonly proposedCount: number;
};

type Row = TableRow<{
  reference: string;
  lineNo: string;
  quantity: DecimalString | null;
  dueOn: Day | null;
  reason: string | null;
  version: string | null;
}>;

/**
 * Reads a filled-in sheet against the orders as they are: rows of one line are its deliveries, a line in which nothing is
 * typed is not answered, and what differs from the order is a proposal. Each wrong cell is told; nothing of a line with
 * one is among the answers.
 */
export function readResponses(sheet: Sheet, orders: readonly OpenOrder[]): ResponsePreview {
  const table = readTable(sheet, {
    reference: required(HEADINGS.reference, text(60)),
    lineNo: required(HEADINGS.lineNo, text(8)),
    quantity: optional(HEADINGS.quantity, decimal({ maxDecimals: 6, maxDigits: 14, min: '0' })),
    dueOn: optional(HEADINGS.dueOn, day()),
    reason: optional(HEADINGS.reason, text(1000)),
    version: optional(HEADINGS.version, text(8)),
  });
  const wrongAt = (row: number, heading: string, wrong: Pick<SheetError, 'code' | 'params'>): SheetError =>
    sheetError(sheet, { row, column: table.places[heading] ?? '' }, wrong.code, wrong.params);
  const read = byLine(table.rows)
    .filter((rows) => !rows.every(isBlank))
    .map((rows) => readLine(rows, orders, wrongAt));
  const good = read.flatMap((one) => ('answer' in one ? [one] : []));
  const lines = good.map(({ answer }) => answer);
  return {
    answers: orders.flatMap((order) => {
      const own = good.filter((one) => one.order === order).map(({ answer }) => answer);
      const { id: orderId, reference, version } = order;
      return own.length === 0 ? [] : [{ orderId, reference, version, lines: own }];
    }),
    errors: [...table.errors, ...read.flatMap((one) => ('error' in one ? [one.error] : []))],
    acceptedCount: lines.filter((line) => line.code === '5').length,
    proposedCount: lines.filter((line) => line.code !== '5').length,
  };
}

type ReadLine =
  | { readonly order: OpenOrder; readonly answer: SheetAnswer['lines'][number] }
  | { readonly error: SheetError };

/** The rows of one line: what they answer, or the first thing that is wrong with them. */
function readLine(
  rows: readonly Row[],
  orders: readonly OpenOrder[],
  wrongAt: (row: number, heading: string, wrong: Pick<SheetError, 'code' | 'params'>) => SheetError,
): ReadLine {
  const first = found('row', rows[0]);
  const { reference, lineNo } = first.values;
  const params = { order: reference, line: lineNo };
  const order = orders.find((one) => one.reference === reference);
  if (order === undefined)
    return { error: wrongAt(first.row, 'reference', { code: 'order-sheet.no-such-order', params }) };
  const line = order.lines.find((one) => String(one.lineNo) === lineNo);
  if (line === undefined)
    return { error: wrongAt(first.row, 'lineNo', { code: 'order-sheet.no-such-line', params }) };
  const isStale = ({ values }: Row) => values.version !== null && values.version !== String(order.version);
  const stale = rows.find(isStale);
  if (stale !== undefined)
    return { error: wrongAt(stale.row, 'reference', { code: 'order-sheet.changed-meanwhile', params }) };
  const answer = answerOf(line, rows);
  const refusal = refusalOf(line, answer);
  if (refusal === null) return { order, answer: { ...answer, lineNo: line.lineNo } };
  const heading = refusal.code === 'order_response.reason-missing' ? 'reason' : 'quantity';
  return {
    error: wrongAt(first.row, heading, { code: refusal.code, params: { ...params, ...refusal.params } }),
  };
}

/** What the rules of answers have against this one. */
function refusalOf(line: OrderLine, answer: LineAnswer): AppError | null {
  try {
    answerLines([line], [answer], new Set());
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

const isBlank = ({ values }: Row): boolean =>
  values.quantity === null && values.dueOn === null && values.reason === null;

function byLine(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.values.reference}\n${row.values.lineNo}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** Rows beyond those of the line's deliveries split it; a cell that is left empty stays as ordered. */
function answerOf(line: OrderLine, rows: readonly Row[]): LineAnswer {
  const typed = inOrder(
    rows.map(({ values }, index): Delivery => {
      const ordered = line.deliveries[index];
      return {
        quantity: values.quantity ?? ordered?.quantity ?? '0',
        dueOn: values.dueOn ?? ordered?.dueOn ?? null,
      };
    }),
  );
  const reason = rows.map(({ values }) => values.reason).find((one) => one !== null) ?? '';
  const now = termsOf(line);
  const isAccepted = isSameTerms(now, { ...now, deliveries: typed });
  const isRejected = isZero(totalOf(typed));
  return {
    poLineId: line.id,
    code: isAccepted ? '5' : isRejected ? '7' : '3',
    reason: isAccepted ? '' : reason,
    unitPrice: null,
    deliveries: isAccepted || isRejected ? [] : typed,
  };
}

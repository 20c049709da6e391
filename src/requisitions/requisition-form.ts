import { typedRows, withEmptyRows } from '../kernel/form-fields.ts';
import { type DecimalString, trimDecimal } from '../kernel/money.ts';
import type { NewRequisitionLine, RequisitionTerms } from './requisition.ts';

/** The fields of the form, as they are shown. */
export type TermFields = Readonly<Record<keyof RequisitionTerms, string>>;

const LINE_FIELDS = [
  'itemCode',
  'description',
  'quantity',
  'unit',
  'plantCode',
  'needByOn',
  'account',
  'estimatedPrice',
] as const;
export type LineFields = Readonly<Record<(typeof LINE_FIELDS)[number], string>>;

export const termFields = (terms: RequisitionTerms): TermFields => ({
  title: terms.title,
  note: terms.note,
  categoryCode: terms.categoryCode,
  plantCode: terms.plantCode,
  currency: terms.currency,
});

const plain = (value: DecimalString | null): string => (value === null ? '' : trimDecimal(value));

/** A line that is there. The requester's own word for the unit is shown, so that it is kept when saved again. */
export const lineFields = (line: NewRequisitionLine): LineFields => ({
  itemCode: line.itemCode ?? '',
  description: line.description,
  quantity: plain(line.quantity),
  unit: line.originalUnit ?? line.unit,
  plantCode: line.plantCode,
  needByOn: line.needByOn ?? '',
  account: line.account ?? '',
  estimatedPrice: plain(line.estimatedPrice),
});

const emptyLine: LineFields = {
  itemCode: '',
  description: '',
  quantity: '',
  unit: '',
  plantCode: '',
  needByOn: '',
  account: '',
  estimatedPrice: '',
};

/** The rows of the grid: those that are filled, and empty ones to type into. */
export const gridRows = (filled: readonly LineFields[], atLeastEmpty = 0): LineFields[] =>
  withEmptyRows(filled, emptyLine, atLeastEmpty);

/** The rows as somebody typed them, to be shown again. */
export const typedLines = (typed: unknown): LineFields[] => typedRows(typed, emptyLine);

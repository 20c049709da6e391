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

const EMPTY_ROWS = 3;

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
export const gridRows = (filled: readonly LineFields[], atLeastEmpty = 0): LineFields[] => [
  ...filled,
  ...Array.from({ length: Math.max(atLeastEmpty, EMPTY_ROWS - filled.length) }, () => emptyLine),
];

/** The rows as somebody typed them, to be shown again. */
export function typedLines(typed: unknown): LineFields[] {
  if (!Array.isArray(typed)) return [];
  return typed.map((row: Readonly<Record<string, unknown>>) => {
    const read = LINE_FIELDS.map((field) => [field, typeof row[field] === 'string' ? row[field] : '']);
    return { ...emptyLine, ...Object.fromEntries(read) };
  });
}

/** Which fields of a form differ from what is stored: shown side by side after two people edited at once. */
export const differences = (
  stored: TermFields,
  typed: Readonly<Record<string, unknown>>,
): { field: keyof TermFields; stored: string; typed: string }[] =>
  (Object.keys(stored) as (keyof TermFields)[]).flatMap((field) => {
    const value = typed[field];
    return typeof value !== 'string' || value.trim() === stored[field].trim()
      ? []
      : [{ field, stored: stored[field], typed: value }];
  });

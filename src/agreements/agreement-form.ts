import type { Agreement } from './agreement.ts';
import type { AgreementTerms, AgreementTermsLine } from './agreement-version.ts';
import { writeTiers } from './price-scale.ts';

const LINE_FIELDS = [
  'lineNo',
  'itemCode',
  'description',
  'unit',
  'unitPrice',
  'scale',
  'priceBaseQuantity',
  'quantityLimit',
  'validFrom',
  'validUntil',
  'formula',
] as const;
export type LineFields = Readonly<Record<(typeof LINE_FIELDS)[number], string>>;

const TERM_FIELDS = [
  'kind',
  'title',
  'categoryCode',
  'currency',
  'incoterm',
  'incotermPlace',
  'paymentTermsDays',
  'validFrom',
  'validUntil',
  'noticeDays',
  'valueLimit',
  'clauses',
] as const;
export type TermFields = Readonly<Record<(typeof TERM_FIELDS)[number], string>>;

const emptyLine: LineFields = {
  lineNo: '',
  itemCode: '',
  description: '',
  unit: '',
  unitPrice: '',
  scale: '',
  priceBaseQuantity: '',
  quantityLimit: '',
  validFrom: '',
  validUntil: '',
  formula: '',
};
const EMPTY_ROWS = 3;

export const termFields = (terms: Omit<AgreementTerms, 'lines' | 'plantCodes'>): TermFields => ({
  kind: terms.kind,
  title: terms.title,
  categoryCode: terms.categoryCode,
  currency: terms.currency,
  incoterm: terms.incoterm,
  incotermPlace: terms.incotermPlace,
  paymentTermsDays: String(terms.paymentTermsDays),
  validFrom: terms.validFrom,
  validUntil: terms.validUntil,
  noticeDays: String(terms.noticeDays),
  valueLimit: terms.valueLimit ?? '',
  clauses: terms.clauses,
});

export const lineFields = (line: AgreementTermsLine): LineFields => ({
  lineNo: String(line.lineNo),
  itemCode: line.itemCode ?? '',
  description: line.description,
  unit: line.unit,
  unitPrice: line.tiers[0]?.unitPrice ?? '',
  scale: writeTiers(line.tiers),
  priceBaseQuantity: line.priceBaseQuantity === '1' ? '' : line.priceBaseQuantity,
  quantityLimit: line.quantityLimit ?? '',
  validFrom: line.validFrom ?? '',
  validUntil: line.validUntil ?? '',
  formula: line.formula?.expression ?? '',
});

/** The rows of the grid: those that are filled, and empty ones to type into. */
export const gridRows = (filled: readonly LineFields[], atLeastEmpty: number): LineFields[] => [
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
export const differingFields = (
  stored: TermFields,
  typed: Readonly<Record<string, unknown>>,
): { field: keyof TermFields; stored: string; typed: string }[] =>
  TERM_FIELDS.flatMap((field) => {
    const value = typed[field];
    return typeof value !== 'string' || value.trim() === stored[field].trim()
      ? []
      : [{ field, stored: stored[field], typed: value }];
  });

/** The plants that are ticked: as typed, or as they are. */
export function tickedPlants(typed: unknown, stored: Agreement['plantCodes']): readonly string[] {
  if (typed === undefined) return stored;
  return typeof typed === 'string' ? [typed] : Array.isArray(typed) ? typed.map(String) : [];
}

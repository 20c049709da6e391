import { typedRows, withEmptyRows } from '../kernel/form-fields.ts';
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
export const termFields = (terms: Omit<AgreementTerms, 'lines' | 'plantCodes' | 'charges'>): TermFields => ({
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
export const gridRows = (filled: readonly LineFields[], atLeastEmpty: number): LineFields[] =>
  withEmptyRows(filled, emptyLine, atLeastEmpty);

/** The rows as somebody typed them, to be shown again. */
export const typedLines = (typed: unknown): LineFields[] => typedRows(typed, emptyLine);

/** The plants that are ticked: as typed, or as they are. */
export function tickedPlants(typed: unknown, stored: Agreement['plantCodes']): readonly string[] {
  if (typed === undefined) return stored;
  return typeof typed === 'string' ? [typed] : Array.isArray(typed) ? typed.map(String) : [];
}

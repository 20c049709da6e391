import type { AgreementTerms, AgreementTermsLine, PriceTier } from './agreement-version.ts';

const TERM_FIELDS = [
  'title',
  'kind',
  'categoryCode',
  'plantCodes',
  'currency',
  'incoterm',
  'incotermPlace',
  'paymentTermsDays',
  'validFrom',
  'validUntil',
  'noticeDays',
  'valueLimit',
  'clauses',
] as const satisfies readonly (keyof AgreementTerms)[];
const LINE_FIELDS = [
  'itemCode',
  'description',
  'unit',
  'priceBaseQuantity',
  'tiers',
  'quantityLimit',
  'validFrom',
  'validUntil',
  'formula',
] as const satisfies readonly (keyof AgreementTermsLine)[];

/** What one field said and says; null where it said nothing, or the line was not there. */
export type Difference = {
  readonly field: (typeof TERM_FIELDS)[number] | (typeof LINE_FIELDS)[number];
  readonly before: string | null;
  readonly after: string | null;
};
export type LineDifference = {
  readonly lineNo: number;
  readonly description: string;
  readonly what: 'added' | 'left-out' | 'changed';
  readonly fields: readonly Difference[];
};
export type VersionDifference = {
  readonly terms: readonly Difference[];
  readonly lines: readonly LineDifference[];
  /** Are other charges agreed on? */
  readonly hasOtherCharges: boolean;
};

/** What a version says otherwise than the one before; lines are the same by their number. */
export function differenceOf(before: AgreementTerms, after: AgreementTerms): VersionDifference {
  const earlier = new Map(before.lines.map((line) => [line.lineNo, line]));
  const later = new Map(after.lines.map((line) => [line.lineNo, line]));
  const numbers = [...new Set([...earlier.keys(), ...later.keys()])].toSorted((a, b) => a - b);
  return {
    terms: TERM_FIELDS.flatMap((field) => differing(field, before, after)),
    lines: numbers.flatMap((lineNo) => lineDifference(earlier.get(lineNo), later.get(lineNo))),
    hasOtherCharges: JSON.stringify(before.charges ?? []) !== JSON.stringify(after.charges ?? []),
  };
}

function lineDifference(
  before: AgreementTermsLine | undefined,
  after: AgreementTermsLine | undefined,
): LineDifference[] {
  const line = after ?? before;
  if (line === undefined) return [];
  const fields = LINE_FIELDS.flatMap((field) => differing(field, before, after));
  if (fields.length === 0) return [];
  const what = before === undefined ? 'added' : after === undefined ? 'left-out' : 'changed';
  return [{ lineNo: line.lineNo, description: line.description, what, fields }];
}

function differing<Field extends Difference['field']>(
  field: Field,
  before: Partial<Record<Field, unknown>> | undefined,
  after: Partial<Record<Field, unknown>> | undefined,
): Difference[] {
  const said = asText(before?.[field]);
  const says = asText(after?.[field]);
  return said === says ? [] : [{ field, before: said, after: says }];
}

const isTier = (one: unknown): one is PriceTier =>
  typeof one === 'object' && one !== null && 'fromQuantity' in one;

function asText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value))
    return value
      .map((one: unknown) => (isTier(one) ? `≥ ${one.fromQuantity}: ${one.unitPrice}` : String(one)))
      .join(', ');
  if (typeof value === 'object' && 'expression' in value) return String(value.expression);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

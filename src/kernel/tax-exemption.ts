import type { TaxCategory } from './tax.ts';

/** Why no tax is charged: a code of the CEF's list, words, or both. */
export type Exemption = { readonly code: string | null; readonly reason: string | null };

/**
 * The codes that say why, by category. What is exempt may be so for many reasons; of the others the category has one.
 * @source EN 16931-1, BT-120 and BT-121; CEF VATEX code list
 */
export const exemptionCodes = {
  E: [
    'VATEX-EU-79-C',
    'VATEX-EU-132',
    'VATEX-EU-135-1',
    'VATEX-EU-143',
    'VATEX-EU-148',
    'VATEX-EU-151',
    'VATEX-EU-309',
    'VATEX-EU-D',
    'VATEX-EU-F',
    'VATEX-EU-I',
    'VATEX-EU-J',
    'VATEX-FR-FRANCHISE',
    'VATEX-FR-CNWVAT',
  ],
  AE: ['VATEX-EU-AE'],
  K: ['VATEX-EU-IC'],
  G: ['VATEX-EU-G'],
  O: ['VATEX-EU-O'],
} as const satisfies Partial<Record<TaxCategory, readonly string[]>>;

export type UntaxedCategory = keyof typeof exemptionCodes;
export const untaxedCategories = ['E', 'AE', 'K', 'G', 'O'] as const satisfies readonly UntaxedCategory[];

/** Must an invoice say why? Of what is taxed, if at zero, it must not (BR-S-10, BR-Z-10). */
export const needsExemption = (category: TaxCategory): category is UntaxedCategory =>
  Object.hasOwn(exemptionCodes, category);

export const isExemptionCode = (category: UntaxedCategory, code: string): boolean =>
  exemptionCodes[category].some((one) => one === code);

/**
 * The reason that stands on an invoice: what was entered; where nothing was, the one that the category itself is. Exempt is
 * not a reason by itself. @returns null where a reason has to be said
 * @source EN 16931-1, BR-E-10, BR-AE-10, BR-IC-10, BR-G-10, BR-O-10
 */
export function exemptionOf(category: UntaxedCategory, entered: Exemption | undefined): Exemption | null {
  if (entered !== undefined && (entered.code !== null || entered.reason !== null)) return entered;
  return category === 'E' ? null : { code: exemptionCodes[category][0], reason: null };
}

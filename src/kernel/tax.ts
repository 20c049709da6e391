import { type DecimalString, isPositive, trimDecimal } from './money.ts';

/**
 * How something is taxed: by a rate (S), by none because the rate is zero (Z), because it is exempt (E), because the buyer
 * owes the tax itself (AE), because it goes to a buyer in another country of the Union (K) or is exported (G), or because it
 * is outside the scope of the tax (O).
 * @source EN 16931-1, BT-118 and BT-151; UNCL 5305
 */
export const taxCategories = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O'] as const;
export type TaxCategory = (typeof taxCategories)[number];

/** A category with its rate in percent, which is above zero for S and zero for all others. */
export type Tax = { readonly category: TaxCategory; readonly rate: DecimalString };

/** A tax in one word, as forms post it: `S:13`, `AE:0`. The same tax is the same word. */
export const taxKey = (tax: Tax): string => `${tax.category}:${trimDecimal(tax.rate)}`;

/** The same with its key, for the choices of a form. */
export const withKey = <T extends Tax>(tax: T): T & { readonly key: string } => ({
  ...tax,
  key: taxKey(tax),
});

const KEY = /^(S|Z|E|AE|K|G|O):(\d{1,3}(?:\.\d{1,4})?)$/;

/** The tax that {@link taxKey} wrote; null for anything else. */
export function readTax(key: string): Tax | null {
  const [, code, rate] = KEY.exec(key) ?? [];
  const category = taxCategories.find((one) => one === code);
  if (category === undefined || rate === undefined) return null;
  return (category === 'S') === isPositive(rate) ? { category, rate: trimDecimal(rate) } : null;
}

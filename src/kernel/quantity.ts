/**
 * The units this portal offers, as UN/ECE Recommendation 20 codes. Their names are in the catalogues
 * under `unit.<code>`. A document may carry any Recommendation 20 code; these are the ones people pick.
 */
export const offeredUnits = [
  'C62',
  'EA',
  'SET',
  'PR',
  'NPR',
  'LS',
  'KGM',
  'GRM',
  'TNE',
  'STN',
  'LBR',
  'MTR',
  'CMT',
  'MMT',
  'FOT',
  'LF',
  'INH',
  'SMI',
  'MTK',
  'FTK',
  'YDK',
  'ACR',
  'HAR',
  'MTQ',
  'FTQ',
  'YDQ',
  'LTR',
  'GLL',
  'HUR',
  'DAY',
  'MON',
  'PK',
  'BX',
  'ST',
  'NRL',
] as const;
export type UnitCode = string;

/** What is counted, not measured: half of one cannot be delivered. */
const COUNTED: ReadonlySet<UnitCode> = new Set([
  'C62',
  'EA',
  'SET',
  'PR',
  'NPR',
  'LS',
  'PK',
  'BX',
  'ST',
  'NRL',
]);
const MEASURED_DECIMALS = 3;

/** How many decimals a part of this quantity may have: none of what is counted, unless it was asked for with some. */
export function quantityDecimals(of: { readonly quantity: string; readonly unit: UnitCode }): number {
  const written = of.quantity.includes('.') ? (of.quantity.replace(/0+$/, '').split('.')[1]?.length ?? 0) : 0;
  return Math.max(written, COUNTED.has(of.unit) ? 0 : MEASURED_DECIMALS);
}

/** Is a line in this unit work, and no goods? The house says which units measure work. */
export const isService = ({ unit }: { readonly unit: UnitCode }, units: readonly UnitCode[]): boolean =>
  units.includes(unit);

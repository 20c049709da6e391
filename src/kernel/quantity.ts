/**
 * The units this portal offers, as UN/ECE Recommendation 20 codes. Their names are in the catalogues
 * under `unit.<code>`. A document may carry any Recommendation 20 code; these are the ones people pick.
 */
export const offeredUnits = [
  'C62', 'EA', 'SET', 'PR', 'NPR', 'LS', 'KGM', 'GRM', 'TNE', 'STN', 'LBR', 'MTR', 'CMT', 'MMT', 'FOT', 'LF',
  'INH', 'SMI', 'MTK', 'FTK', 'YDK', 'ACR', 'HAR', 'MTQ', 'FTQ', 'YDQ', 'LTR', 'GLL', 'HUR', 'DAY', 'MON', 'PK', 'BX', 'ST', 'NRL',
] as const;
export type UnitCode = string;

/** True for the form of a Recommendation 20 code: two or three capitals or digits. */
export const isUnitCode = (value: string): boolean => /^[A-Z0-9]{2,3}$/.test(value);

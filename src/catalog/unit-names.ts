import { offeredUnits, type UnitCode } from '../kernel/quantity.ts';

/**
 * Other ways to write a unit, in lower case, and the Recommendation 20 code each stands for: what is found
 * in spreadsheets and in public bid tabulations. What has no code of its own (`M.G.`, a thousand gallons)
 * is `ZZ`, mutually defined, and the owner's own word stays beside it.
 * @source UN/ECE Recommendation 20, revision 17
 */
export const unitNames: Readonly<Record<string, UnitCode>> = {
  each: 'EA', 'ea.': 'EA', 个: 'EA', 只: 'EA', 台: 'EA',
  piece: 'C62', pieces: 'C62', pc: 'C62', pcs: 'C62', pce: 'C62', one: 'C62', 件: 'C62', 块: 'C62', 根: 'C62',
  set: 'SET', sets: 'SET', 套: 'SET', 组: 'SET',
  pair: 'PR', pairs: 'PR', 双: 'PR', 对: 'PR',
  'l.s.': 'LS', 'l.s': 'LS', 'lump sum': 'LS', lump: 'LS', lsum: 'LS', 项: 'LS', 总价: 'LS',
  $: 'M4', usd: 'M4', dol: 'M4', dollar: 'M4', 'lump amount': 'M4', allowance: 'M4',
  kg: 'KGM', kgs: 'KGM', kilogram: 'KGM', kilo: 'KGM', 千克: 'KGM', 公斤: 'KGM',
  g: 'GRM', gram: 'GRM', 克: 'GRM',
  t: 'TNE', tonne: 'TNE', mt: 'TNE', 'metric ton': 'TNE', 吨: 'TNE',
  ton: 'STN', tons: 'STN', tn: 'STN', 'short ton': 'STN', 短吨: 'STN',
  lbs: 'LBR', lb: 'LBR', 'lb.': 'LBR', 'lbs.': 'LBR', pound: 'LBR', pounds: 'LBR', 磅: 'LBR',
  m: 'MTR', metre: 'MTR', meter: 'MTR', 米: 'MTR',
  cm: 'CMT', 厘米: 'CMT', mm: 'MMT', 毫米: 'MMT',
  'l.f.': 'LF', 'l.f': 'LF', lft: 'LF', 'lin ft': 'LF', 'linear foot': 'LF', 'linear feet': 'LF', 延长英尺: 'LF',
  ft: 'FOT', foot: 'FOT', feet: 'FOT', 英尺: 'FOT',
  in: 'INH', inch: 'INH', 英寸: 'INH',
  mile: 'SMI', miles: 'SMI', mi: 'SMI', 英里: 'SMI',
  'm²': 'MTK', m2: 'MTK', sqm: 'MTK', 'square metre': 'MTK', 平方米: 'MTK', 平米: 'MTK',
  's.f.': 'FTK', sf: 'FTK', sft: 'FTK', sfs: 'FTK', ft2: 'FTK', 'ft²': 'FTK', 'square foot': 'FTK', 平方英尺: 'FTK',
  's.y.': 'YDK', sy: 'YDK', sys: 'YDK', yd2: 'YDK', 'yd²': 'YDK', 'square yard': 'YDK', 平方码: 'YDK',
  acre: 'ACR', acres: 'ACR', ac: 'ACR', 英亩: 'ACR', ha: 'HAR', hectare: 'HAR', 公顷: 'HAR',
  'm³': 'MTQ', m3: 'MTQ', cbm: 'MTQ', 'cubic metre': 'MTQ', 立方米: 'MTQ', 立方: 'MTQ', 方: 'MTQ',
  'c.f.': 'FTQ', cf: 'FTQ', cft: 'FTQ', ft3: 'FTQ', 'ft³': 'FTQ', 'cubic foot': 'FTQ', 立方英尺: 'FTQ',
  'c.y.': 'YDQ', cy: 'YDQ', cys: 'YDQ', yd3: 'YDQ', 'yd³': 'YDQ', 'cubic yard': 'YDQ', 立方码: 'YDQ',
  l: 'LTR', litre: 'LTR', liter: 'LTR', 升: 'LTR',
  gal: 'GLL', gals: 'GLL', gallon: 'GLL', gallons: 'GLL', 'us gal': 'GLL', 加仑: 'GLL',
  'm.g.': 'ZZ', mgal: 'ZZ', 'thousand gallons': 'ZZ',
  hour: 'HUR', hours: 'HUR', hr: 'HUR', hrs: 'HUR', h: 'HUR', 小时: 'HUR',
  day: 'DAY', days: 'DAY', 天: 'DAY', 日: 'DAY',
  month: 'MON', months: 'MON', mo: 'MON', mos: 'MON', 月: 'MON',
  pack: 'PK', packs: 'PK', package: 'PK', 包: 'PK', box: 'BX', boxes: 'BX', carton: 'BX', 箱: 'BX', 盒: 'BX',
  sheet: 'ST', sheets: 'ST', 张: 'ST', roll: 'NRL', rolls: 'NRL', 卷: 'NRL',
};

/** A unit as it was written, with its code; `originalUnit` is null where the code itself was written. */
export type ReadUnit = { readonly unit: UnitCode; readonly originalUnit: string | null };

/** Codes that only another word leads to; nobody picks them from the list. */
const unlistedUnits: readonly UnitCode[] = ['M4', 'ZZ'];

/** The Recommendation 20 code of a unit as people write it, or null for a word nobody knows. */
export function readUnit(written: string): ReadUnit | null {
  const word = written.normalize('NFKC').trim();
  const code = [...offeredUnits, ...unlistedUnits].find((one) => one === word.toUpperCase());
  if (code !== undefined) return { unit: code, originalUnit: null };
  const named = Object.hasOwn(unitNames, word.toLowerCase()) ? unitNames[word.toLowerCase()] : undefined;
  return named === undefined ? null : { unit: named, originalUnit: written.trim() };
}

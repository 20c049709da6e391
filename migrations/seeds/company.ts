import { demonstrationStaff } from '../../config/demonstration-staff.ts';
import {
  createCalendar,
  createCategory,
  createItems,
  createPlant,
  enterExchangeRate,
  type Item,
} from '../../src/catalog/index.ts';
import {
  developmentIssuer,
  type PasswordHash,
  provisionStaff,
  setPassword,
} from '../../src/identity/index.ts';
import { type Actor, supplierRoles, system } from '../../src/kernel/actor.ts';
import { dayIn } from '../../src/kernel/time.ts';
import { addSupplierContact, registerSupplier, type SupplierLanguage } from '../../src/suppliers/index.ts';
import { calendars } from './calendars.ts';
import { inventPerson } from './people.ts';
import type { Competition, PastOrder } from './real-data.ts';
import type { Facts, Stage } from './step.ts';

const loader: Actor = system('demonstration');

export const categories = [
  { code: 'ROAD', nameEn: 'Roads and paving', nameZh: '道路与铺装工程' },
  { code: 'STRUCT', nameEn: 'Bridges and structures', nameZh: '桥涵与结构工程' },
  { code: 'DRAIN', nameEn: 'Drainage and small structures', nameZh: '排水与小型构筑物' },
  { code: 'SITE', nameEn: 'Site maintenance', nameZh: '厂区维护' },
  { code: 'TEST', nameEn: 'Diagnostic tests', nameZh: '检测试剂' },
  { code: 'PHARMA', nameEn: 'Medicines', nameZh: '药品' },
] as const;
export type CategoryCode = (typeof categories)[number]['code'];

export const plants = [
  {
    code: 'QD01',
    nameEn: 'Qingdao',
    nameZh: '青岛工厂',
    addressLines: ['1 Hailan Road', 'Laoshan District', '266101 Qingdao', 'China'],
    timeZone: 'Asia/Shanghai',
  },
  {
    code: 'HF01',
    nameEn: 'Hefei',
    nameZh: '合肥工厂',
    addressLines: ['88 Ziyun Road', 'Economic Development Zone', '230601 Hefei', 'China'],
    timeZone: 'Asia/Shanghai',
  },
  {
    code: 'WH01',
    nameEn: 'Wuhan',
    nameZh: '武汉工厂',
    addressLines: ['16 Gaoxin Avenue', 'East Lake High-Tech Zone', '430074 Wuhan', 'China'],
    timeZone: 'Asia/Shanghai',
  },
] as const;
export type PlantCode = (typeof plants)[number]['code'];

export const cityOf = (plantCode: PlantCode): string =>
  plants.find((plant) => plant.code === plantCode)?.nameEn ?? '';

/** Round examples, so that bids in other currencies can be compared; a company enters its own. */
const exampleRates = [
  ['CNY', '0.14'],
  ['EUR', '1.1'],
  ['JPY', '0.0067'],
] as const;

/** Sets up categories, plants, items and the people of the company. */
export async function foundCompany(stage: Stage, items: readonly Omit<Item, 'id'>[]): Promise<Facts> {
  const ctx = stage.as(loader);
  for (const category of categories) await createCategory(ctx, category);
  for (const calendar of calendars) await createCalendar(ctx, calendar);
  for (const plant of plants) await createPlant(ctx, plant);
  await createItems(ctx, items);
  const validOn = dayIn(ctx.now, 'Asia/Shanghai');
  for (const [fromCurrency, rate] of exampleRates)
    await enterExchangeRate(
      ctx,
      { fromCurrency, toCurrency: 'USD', rate, validOn, source: 'Example rates of the demonstration' },
      { isUnusualMeant: false },
    );
  const facts: Record<string, string> = {};
  for (const { nameId, name, email, groups, locale } of demonstrationStaff)
    facts[`staff:${nameId}`] = await provisionStaff(ctx, {
      idpEntityId: developmentIssuer,
      nameId,
      name,
      email,
      roles: groups,
      locale,
      timeZone: ctx.policies.company.timeZone,
    });
  return facts;
}

/** Where the makers of the past orders are at home; the builders of the competitions are all in the United States. */
const homes: Readonly<Record<string, { country: string; timeZone: string; language?: SupplierLanguage }>> = {
  'ABBVIE LOGISTICS (FORMERLY ABBOTT LOGISTICS BV)': { country: 'NL', timeZone: 'Europe/Amsterdam' },
  'ASPEN PHARMACARE': { country: 'ZA', timeZone: 'Africa/Johannesburg' },
  'Aurobindo Pharma Limited': { country: 'IN', timeZone: 'Asia/Kolkata' },
  'BIO-RAD LABORATORIES (FRANCE)': { country: 'FR', timeZone: 'Europe/Paris' },
  'CIPLA LIMITED': { country: 'IN', timeZone: 'Asia/Kolkata' },
  'EMCURE PHARMACEUTICALS LTD': { country: 'IN', timeZone: 'Asia/Kolkata' },
  'GLAXOSMITHKLINE EXPORT LIMITED': { country: 'GB', timeZone: 'Europe/London' },
  'HETERO LABS LIMITED': { country: 'IN', timeZone: 'Asia/Kolkata' },
  'IDA FOUNDATION': { country: 'NL', timeZone: 'Europe/Amsterdam' },
  'INVERNESS MEDICAL INNOVATIONS HONG KONG LTD': {
    country: 'HK',
    timeZone: 'Asia/Hong_Kong',
    language: 'zh-CN',
  },
  'MYLAN LABORATORIES LTD (FORMERLY MATRIX LABORATORIES)': { country: 'IN', timeZone: 'Asia/Kolkata' },
  'Orgenics, Ltd': { country: 'IL', timeZone: 'Asia/Jerusalem' },
  'SHANGHAI KEHUA BIOENGINEERING CO.,LTD. (KHB)': {
    country: 'CN',
    timeZone: 'Asia/Shanghai',
    language: 'zh-CN',
  },
  'Standard Diagnostics, Inc.': { country: 'KR', timeZone: 'Asia/Seoul' },
  'STRIDES ARCOLAB LIMITED': { country: 'IN', timeZone: 'Asia/Kolkata' },
  'Trinity Biotech, Plc': { country: 'IE', timeZone: 'Europe/Dublin' },
};
const atHomeInIndiana = { country: 'US', timeZone: 'America/Indiana/Indianapolis' };

/** A supplier as the public data name it, with somebody invented who answers for it. */
export type DemonstrationSupplier = {
  readonly name: string;
  readonly country: string;
  readonly timeZone: string;
  readonly language: SupplierLanguage;
  readonly addressLines: readonly string[];
  readonly contact: { readonly name: string; readonly email: string };
};

/** Every bidder of every competition, and the makers that the past orders name; `others` sell the same. */
export function suppliersOf(
  competitions: Iterable<Competition>,
  orders: Iterable<PastOrder>,
  others: readonly string[],
): DemonstrationSupplier[] {
  const madeAt = new Map([...orders].map((order) => [order.supplier, order.madeAt]));
  const bidders = new Set([...competitions].flatMap((competition) => competition.bidders));
  const names = [...[...bidders].sort(), ...[...new Set([...madeAt.keys(), ...others])].sort()];
  return names.map((name, index) => {
    const { country, timeZone, language = 'en' }: (typeof homes)[string] = homes[name] ?? atHomeInIndiana;
    const { name: person, mailbox } = inventPerson(index, language);
    return {
      name,
      country,
      timeZone,
      language,
      addressLines: [madeAt.get(name) ?? ''].filter((line) => line !== ''),
      contact: { name: person, email: `${mailbox}@${slugOf(name)}.example` },
    };
  });
}

/** `MILESTONE CONTRACTORS, L.P.` answers at `milestone-contractors.example`. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\(.*?\)/g, '')
    .replace(/\b(inc|llc|ltd|limited|company|co|plc|l\.p|ltd)\b\.?/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** Registers the suppliers, each with a person who may do all that a supplier does and has this password. */
export async function registerSuppliers(
  stage: Stage,
  suppliers: readonly DemonstrationSupplier[],
  hash: PasswordHash,
): Promise<Facts> {
  const ctx = stage.as(stage.staff('ana.costa'));
  const facts: Record<string, string> = {};
  for (const { name, country, timeZone, language, addressLines, contact } of suppliers) {
    const supplierId = await registerSupplier(ctx, { name, country, addressLines, taxId: null, language });
    const { userId } = await addSupplierContact(ctx, {
      ...contact,
      supplierId,
      phone: null,
      isPrimary: true,
      roles: supplierRoles,
      locale: language,
      timeZone,
    });
    await setPassword(stage.as(loader), { userId, hash });
    facts[`supplier:${name}`] = supplierId;
    facts[`contact:${name}`] = userId;
  }
  return facts;
}

import { ruleBroken } from '../kernel/errors.ts';
import type { Incoterm } from '../kernel/incoterm.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { type DecimalString, isPositive, trimDecimal } from '../kernel/money.ts';
import type { UnitCode } from '../kernel/quantity.ts';
import { readUnit } from '../kernel/unit-names.ts';
import type { Item } from './catalog.ts';

/** One of this unit is so many of the item's own. */
export type ItemConversion = { readonly unit: UnitCode; readonly quantity: DecimalString };

/** What the catalogue says of an item. */
export type ItemTerms = Omit<Item, 'id'> & {
  /** The description in Chinese, where it differs. */
  readonly descriptionZh: string | null;
  readonly conversions: readonly ItemConversion[];
  /** Bought in multiples of so many of its unit; null: in any quantity. */
  readonly packQuantity: DecimalString | null;
  readonly packaging: string | null;
  /** How it is taxed, as `taxKey` writes it; null where nothing is said. */
  readonly tax: string | null;
  /** How it is preferred to be delivered. */
  readonly incoterm: Incoterm | null;
};

/** Nobody chooses a retired item anew; what was bought under its number goes on. */
export type ItemState = 'active' | 'retired';
export const itemLifecycle = defineLifecycle<ItemState, 'retire' | 'reinstate'>('item', 'active', {
  active: { retire: 'retired' },
  retired: { reinstate: 'active' },
});

export type KeptItem = ItemTerms & {
  readonly id: string;
  readonly state: ItemState;
  readonly version: number;
};

/** What a list is asked for; `search` finds parts of codes and descriptions. */
export type ItemFilter = {
  readonly search: string;
  readonly category: string | null;
  readonly state: ItemState | null;
};

const CONVERSION = /^(.{1,30}?)\s*[=:＝：]\s*(\d{1,12}(?:\.\d{1,6})?)$/u;

/** Conversions as people type them, `BX = 12; 卷 = 30`; null where one cannot be read. */
export function readConversions(typed: string): ItemConversion[] | null {
  const conversions: ItemConversion[] = [];
  for (const part of typed.split(/[;；\n]/)) {
    if (part.trim() === '') continue;
    const [, word = '', quantity = '0'] = CONVERSION.exec(part.trim()) ?? [];
    const unit = readUnit(word)?.unit;
    if (unit === undefined || !isPositive(quantity)) return null;
    conversions.push({ unit, quantity: trimDecimal(quantity) });
  }
  return conversions;
}

/** The same, written. */
export const writeConversions = (conversions: readonly ItemConversion[]): string =>
  conversions.map(({ unit, quantity }) => `${unit} = ${quantity}`).join('; ');

/** What is wrong with an item's conversions, or nothing. */
export function conversionFault({
  unit,
  conversions,
}: Pick<ItemTerms, 'unit' | 'conversions'>): { code: string; unit: UnitCode } | null {
  const units = conversions.map((one) => one.unit);
  if (units.includes(unit)) return { code: 'item.converts-its-own-unit', unit };
  const twice = units.find((one, index) => units.indexOf(one) < index);
  return twice === undefined ? null : { code: 'item.unit-converted-twice', unit: twice };
}

/** @throws AppError `item.converts-its-own-unit`, `item.unit-converted-twice` */
export function assertConversions(item: Pick<ItemTerms, 'unit' | 'conversions'>): void {
  const fault = conversionFault(item);
  if (fault !== null) throw ruleBroken(fault.code, 'The units do not convert so', { unit: fault.unit });
}

/** What forms, files and the record say of an item, in their order. */
export const itemFieldNames = [
  'description',
  'descriptionZh',
  'categoryCode',
  'unit',
  'conversions',
  'packQuantity',
  'packaging',
  'tax',
  'incoterm',
] as const;
export type ItemField = (typeof itemFieldNames)[number];
export type ItemFields = Readonly<Record<ItemField, string>>;

/** An item as forms and files write it. */
export const fieldsOf = (item: ItemTerms): ItemFields => ({
  description: item.description,
  descriptionZh: item.descriptionZh ?? '',
  categoryCode: item.categoryCode,
  unit: item.unit,
  conversions: writeConversions(item.conversions),
  packQuantity: item.packQuantity ?? '',
  packaging: item.packaging ?? '',
  tax: item.tax ?? '',
  incoterm: item.incoterm ?? '',
});

/** What one field said and says. */
export type ItemChange = { readonly field: ItemField; readonly before: string; readonly after: string };

/** The fields that an item says otherwise than before. */
export const itemChanges = (before: ItemTerms, after: ItemTerms): ItemChange[] => {
  const [said, says] = [fieldsOf(before), fieldsOf(after)];
  return itemFieldNames.flatMap((field) =>
    said[field] === says[field] ? [] : [{ field, before: said[field], after: says[field] }],
  );
};

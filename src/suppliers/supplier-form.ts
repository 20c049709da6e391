import type { Supplier } from './supplier.ts';

/** What is known of a supplier as the fields of its form show it. */
export type SupplierFields = Readonly<Record<'name' | 'country' | 'address' | 'taxId' | 'language', string>>;

export const supplierFields = (supplier: Supplier): SupplierFields => ({
  name: supplier.name,
  country: supplier.country ?? '',
  address: supplier.addressLines.join('\n'),
  taxId: supplier.taxId ?? '',
  language: supplier.language,
});

const sameLines = (text: string): string => text.replaceAll('\r\n', '\n').trim();

/** Where what was typed differs from what is stored now: shown side by side after two people edited at once. */
export const differences = (
  stored: SupplierFields,
  typed: Readonly<Record<string, unknown>>,
): { field: string; stored: string; typed: string }[] =>
  Object.entries(stored).flatMap(([field, value]) => {
    const other = typed[field];
    return typeof other !== 'string' || sameLines(other) === sameLines(value)
      ? []
      : [{ field, stored: value, typed: other }];
  });

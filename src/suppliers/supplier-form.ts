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

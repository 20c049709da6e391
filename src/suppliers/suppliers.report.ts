import type { Day } from '../kernel/time.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { SupplierRow } from './suppliers.queries.ts';

/** The list of suppliers as a file. */
export const suppliersFile = (suppliers: readonly SupplierRow[], day: Day): CsvFile => ({
  fileName: `suppliers-${day}`,
  table: ({ t, stateLabel }) => ({
    columns: [
      { heading: t('suppliers.reference'), kind: 'text', width: 14 },
      { heading: t('suppliers.name'), kind: 'text', width: 40 },
      { heading: t('suppliers.country'), kind: 'text', width: 8 },
      { heading: t('suppliers.primary-contact'), kind: 'text', width: 24 },
      { heading: t('suppliers.contacts'), kind: 'number', width: 8 },
      { heading: t('suppliers.state'), kind: 'text', width: 18 },
    ],
    rows: suppliers.map((supplier) => [
      supplier.reference,
      supplier.name,
      supplier.country,
      supplier.primaryContact,
      String(supplier.contactCount),
      stateLabel('supplier', supplier.state),
    ]),
  }),
});

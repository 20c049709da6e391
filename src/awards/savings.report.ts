import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import type { SavingsRow } from './savings.queries.ts';

/** The register as a table: a row an entry, what was withdrawn as negative amounts. */
export function savingsSheet(
  entries: readonly SavingsRow[],
  t: Translate,
): { columns: readonly ExportColumn[]; rows: readonly ExportRow[] } {
  const text = (key: string, width: number): ExportColumn => ({
    heading: t(`savings.${key}`),
    kind: 'text',
    width,
  });
  const amount = (key: string): ExportColumn => ({ heading: t(`savings.${key}`), kind: 'amount', width: 16 });
  return {
    columns: [
      { heading: t('savings.booked'), kind: 'day', width: 12 },
      text('award', 16),
      text('event', 16),
      { heading: t('awards.column.line'), kind: 'number', width: 6 },
      text('item', 40),
      text('supplier', 28),
      text('category', 12),
      text('plant', 10),
      text('buyer', 20),
      { heading: t('awards.column.quantity'), kind: 'number', width: 12 },
      { heading: t('awards.column.unit'), kind: 'text', width: 8 },
      { heading: t('awards.csv.currency'), kind: 'text', width: 8 },
      amount('awarded'),
      amount('budgeted'),
      amount('against-budget'),
      amount('estimated'),
      amount('against-estimate'),
      amount('target'),
      amount('against-target'),
      amount('last-paid'),
      amount('against-last-price'),
    ],
    rows: entries.map((entry) => [
      entry.bookedOn,
      entry.awardReference,
      entry.eventReference,
      String(entry.lineNo),
      entry.description,
      entry.supplierName,
      entry.categoryCode,
      entry.plantCode,
      entry.buyerName,
      entry.quantity,
      entry.unit,
      entry.currency,
      entry.amount,
      entry.budgetAmount,
      entry.budgetSavings,
      entry.estimateAmount,
      entry.estimateSavings,
      entry.targetAmount,
      entry.targetSavings,
      entry.lastPriceAmount,
      entry.lastPriceSavings,
    ]),
  };
}

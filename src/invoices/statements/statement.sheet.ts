import type { Translate } from '../../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../../platform/sheet/export.ts';
import type { StatementShown } from './statement-page.service.ts';

/** The lines of a statement as a table, in the reader's language. */
export function statementSheet(
  { statement, lines }: StatementShown,
  of: { t: Translate; unit: (code: string) => string },
): { columns: readonly ExportColumn[]; rows: readonly ExportRow[] } {
  const { t } = of;
  const column = (key: string, kind: ExportColumn['kind'], width: number): ExportColumn => ({
    heading: t(`statements.page.${key}`),
    kind,
    width,
  });
  return {
    columns: [
      column('line', 'number', 6),
      column('received', 'day', 12),
      column('receipt', 'text', 16),
      column('order', 'text', 16),
      column('code', 'text', 14),
      column('item', 'text', 40),
      column('quantity', 'number', 12),
      column('unit', 'text', 8),
      column('price', 'number', 14),
      column('price-unit', 'number', 10),
      column('amount', 'amount', 16),
      column('currency', 'text', 9),
      column('state', 'text', 14),
      column('invoice', 'text', 18),
      column('dispute', 'text', 40),
      column('answer', 'text', 40),
    ],
    rows: lines.map((line) => [
      String(line.lineNo),
      line.receivedOn,
      line.receiptReference,
      line.orderReference,
      line.itemCode,
      line.description,
      line.quantity,
      of.unit(line.unit),
      line.unitPrice,
      line.priceBaseQuantity,
      line.amount,
      statement.currency,
      t(line.isLeftOut ? 'statements.kind.left-out' : `statements.kind.${line.kind}`),
      line.invoiceNumber,
      line.dispute,
      line.answer,
    ]),
  };
}

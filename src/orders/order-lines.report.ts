import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { Charge } from './order-charges.ts';
import type { OrderPage } from './order-page.service.ts';

type Shown = Pick<OrderPage, 'order' | 'lines' | 'totals' | 'isPriced'>;
type Row = {
  readonly row: string;
  readonly text: string;
  readonly line?: Shown['lines'][number];
  readonly dueOn?: string | null;
  readonly quantity?: string;
  readonly percent?: string | null;
  readonly amount?: string | null;
};

/** An order as a spreadsheet: a row each delivery, and below them what is charged, allowed and taxed. */
export const orderLinesFile = (shown: Shown): CsvFile => ({
  fileName: shown.order.reference,
  table: ({ t }) => {
    const rows = [...deliveryRows(shown, t), ...(shown.isPriced ? sumRows(shown, t) : [])];
    const columns = columnsOf(t).filter((one) => shown.isPriced || !one.isPrice);
    return {
      columns: columns.map(({ column }) => column),
      rows: rows.map((row): ExportRow => columns.map(({ of }) => of(row))),
    };
  },
});

type Field = { readonly column: ExportColumn; readonly isPrice: boolean; of(row: Row): string | null };

function columnsOf(t: Translate): Field[] {
  const field = (
    name: string,
    [kind, width]: [ExportColumn['kind'], number],
    of: Field['of'],
    isPrice = false,
  ): Field => ({ column: { heading: t(`order-lines.${name}`), kind, width }, isPrice, of });
  return [
    field('row', ['text', 14], ({ row }) => row),
    field('line', ['number', 6], ({ line }) => (line === undefined ? null : String(line.lineNo))),
    field('item', ['text', 16], ({ line }) => line?.itemCode ?? null),
    field('supplier-item', ['text', 16], ({ line }) => line?.supplierItem?.code ?? null),
    field('text', ['text', 44], ({ text }) => text),
    field('quantity', ['number', 14], ({ quantity }) => quantity ?? null),
    field('unit', ['text', 12], ({ line }) => (line === undefined ? null : t(`unit.${line.unit}`))),
    field('due', ['day', 12], ({ dueOn }) => dueOn ?? null),
    field('price', ['number', 14], ({ line }) => line?.unitPrice ?? null, true),
    field('per', ['number', 8], ({ line }) => line?.priceBaseQuantity ?? null, true),
    field('percent', ['number', 10], ({ percent }) => percent ?? null, true),
    field('amount', ['amount', 16], ({ amount }) => amount ?? null, true),
  ];
}

/** The amount of a line stands in the row of its first delivery, so that the column adds up. */
const deliveryRows = ({ lines, isPriced }: Shown, t: Translate): Row[] =>
  lines.flatMap((line) => [
    ...(line.deliveries.length === 0 ? [{ quantity: '0', dueOn: null }] : line.deliveries).map(
      ({ quantity, dueOn }, index): Row => ({
        row: t('order-lines.of.line'),
        text: line.description,
        line,
        quantity,
        dueOn,
        amount: index === 0 ? line.amount : null,
      }),
    ),
    // What is charged on a line is in its amount already.
    ...(isPriced ? (line.charges ?? []) : []).map(
      (charge): Row => ({
        row: t('order-lines.of.included'),
        text: `${line.lineNo}: ${named(charge, t)}`,
        percent: charge.percent,
      }),
    ),
  ]);

function sumRows({ order, totals }: Shown, t: Translate): Row[] {
  const charged = (totals?.charges ?? []).map(
    (charge): Row => ({
      row: t('order-lines.of.charge'),
      text: named(charge, t),
      percent: charge.percent,
      amount: charge.value,
    }),
  );
  const taxed = (totals?.taxes ?? []).map(
    (tax): Row => ({
      row: t('order-lines.of.tax'),
      text: t('order-charges.tax-of', { rate: tax.rate }),
      percent: tax.rate,
      amount: tax.amount,
    }),
  );
  const total = (text: string, amount: string | null): Row => ({
    row: t('order-lines.of.total'),
    text: `${text} (${order.currency})`,
    amount,
  });
  return [
    ...charged,
    total(t(taxed.length > 0 ? 'order-charges.net' : 'orders.page.total'), order.totalAmount),
    ...taxed,
    ...(taxed.length > 0 ? [total(t('order-charges.gross'), totals?.grossAmount ?? null)] : []),
  ];
}

const named = (charge: Charge, t: Translate): string => t(`order-charges.reason.${charge.reason}`);

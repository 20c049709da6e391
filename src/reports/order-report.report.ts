import type { Readable } from 'node:stream';
import type { Locale, Translate } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import { drawKeyValues, drawLetterhead } from '../platform/pdf/blocks.ts';
import { makePdf } from '../platform/pdf/pdf.ts';
import { drawTable } from '../platform/pdf/table.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import { streamCsv } from '../platform/sheet/stream-csv.ts';
import { streamXlsx } from '../platform/sheet/stream-xlsx.ts';
import type { OrderReportRow } from './order-report.queries.ts';
import type { ExportFormat } from './report-export.ts';

/** In whose words and for which company the report is written. */
export type ReportWords = {
  readonly t: Translate;
  readonly tOr: (key: string, fallback: string) => string;
  readonly locale: Locale;
  readonly company: { readonly name: string; readonly addressLines: readonly string[] };
  readonly reference: string;
  readonly madeAt: Date;
  /** What was asked for, as label and value. */
  readonly asked: readonly { label: string; value: string }[];
};

export const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
};

/** The purchase order report as a file; CSV and XLSX are written while the rows come. */
export async function writeOrderReport(
  format: ExportFormat,
  rows: AsyncIterable<OrderReportRow[]>,
  words: ReportWords,
): Promise<Readable | Uint8Array> {
  if (format === 'pdf') return writePdf(rows, words);
  const columns = exportColumns(words);
  const cells = exportRows(rows, words);
  return format === 'csv'
    ? streamCsv(columns, cells)
    : streamXlsx({ name: words.t('reports.orders.sheet'), columns }, cells);
}

const exportColumns = ({ t }: ReportWords): ExportColumn[] =>
  (
    [
      ['order', 'text', 14],
      ['title', 'text', 36],
      ['issued-on', 'day', 12],
      ['state', 'text', 16],
      ['supplier-number', 'text', 14],
      ['supplier', 'text', 32],
      ['plant', 'text', 10],
      ['line', 'number', 6],
      ['item-code', 'text', 14],
      ['description', 'text', 44],
      ['quantity', 'number', 12],
      ['unit', 'text', 8],
      ['unit-price', 'number', 14],
      ['price-base', 'number', 10],
      ['amount', 'amount', 16],
      ['currency', 'text', 9],
      ['due-on', 'day', 12],
      ['received', 'number', 12],
      ['invoiced', 'number', 12],
    ] as const
  ).map(([name, kind, width]) => ({ heading: t(`reports.orders.column.${name}`), kind, width }));

async function* exportRows(
  batches: AsyncIterable<OrderReportRow[]>,
  { t }: ReportWords,
): AsyncGenerator<ExportRow> {
  for await (const batch of batches)
    for (const row of batch)
      yield [
        row.reference,
        row.title,
        row.issuedOn,
        t(`state.purchase_order.buyer.${row.state}`),
        row.supplierReference,
        row.supplierName,
        row.plantCode,
        row.lineNo,
        row.itemCode,
        row.description,
        row.quantity,
        row.unit,
        row.unitPrice,
        row.priceBaseQuantity,
        row.amount,
        row.currency,
        row.dueOn,
        row.receivedQuantity,
        row.invoicedQuantity,
      ];
}

async function writePdf(batches: AsyncIterable<OrderReportRow[]>, words: ReportWords): Promise<Buffer> {
  const { t, tOr, company } = words;
  const format = formatFor(words.locale);
  const rows: OrderReportRow[] = [];
  for await (const batch of batches) rows.push(...batch);
  const title = t('reports.orders.heading');
  const issuer = company.name;
  return makePdf(
    {
      title: `${title} ${words.reference}`,
      lang: words.locale,
      author: issuer,
      createdAt: words.madeAt,
      runningTitle: `${title} · ${words.reference}`,
      footer: `${issuer} · ${words.reference}`,
      pageLabel: (page, pages) => t('reports.orders.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer,
        issuerLines: company.addressLines,
        title,
        reference: words.reference,
        remarks: [t('reports.orders.line-count', { count: rows.length })],
      });
      drawKeyValues(
        pdf,
        words.asked.map(({ label, value }) => ({ label, value })),
        4,
      );
      drawTable(pdf, {
        columns: PDF_COLUMNS.map(({ name, ...column }) => ({
          heading: t(`reports.orders.column.${name}`),
          ...column,
        })),
        rows: rows.map((row) => [
          { text: row.reference, detail: t(`state.purchase_order.buyer.${row.state}`) },
          format.day(row.issuedOn),
          row.supplierName,
          row.itemCode === null ? row.description : { text: row.description, detail: row.itemCode },
          format.quantity(row.quantity),
          tOr(`unit.${row.unit}`, row.unit),
          format.money(row.amount, row.currency),
        ]),
      });
    },
  );
}

const PDF_COLUMNS = [
  { name: 'order', width: 13 },
  { name: 'issued-on', width: 12 },
  { name: 'supplier', width: 20 },
  { name: 'description', width: 27 },
  { name: 'quantity', width: 10, align: 'right' },
  { name: 'unit', width: 8 },
  { name: 'amount', width: 16, align: 'right' },
] as const;

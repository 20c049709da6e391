import type { Day } from '../kernel/time.ts';
import { weekName } from '../kernel/week.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { ForecastPage } from './forecast-page.service.ts';
import type { ShortLine } from './shortfalls.queries.ts';

/** A version as a file: of each item what is forecast, committed to, ordered and received, a column a week. */
export const forecastTable = ({
  forecast,
  content,
}: Pick<ForecastPage, 'forecast' | 'content'>): {
  readonly fileName: string;
  table(words: { readonly t: Translate }): { columns: readonly ExportColumn[]; rows: readonly ExportRow[] };
} => ({
  fileName: content === null ? forecast.reference : `${forecast.reference}-v${content.terms.version}`,
  table: ({ t }) => {
    const column = (heading: string, kind: ExportColumn['kind'], width: number): ExportColumn => ({
      heading,
      kind,
      width,
    });
    const columns = [
      column(t('forecasts.line.itemCode'), 'text', 18),
      column(t('forecasts.sheet.supplier-item'), 'text', 18),
      column(t('forecasts.line.description'), 'text', 36),
      column(t('forecasts.line.unit'), 'text', 10),
      column(t('forecasts.sheet.row'), 'text', 14),
      column(t('forecasts.total'), 'number', 14),
      ...(content?.weeks ?? []).map(({ name }) => column(name, 'number', 11)),
      column(t('forecasts.commit.reason'), 'text', 30),
      column(t('forecasts.commit.capacity'), 'text', 24),
    ];
    const rows = (content?.lines ?? []).flatMap((line): ExportRow[] => {
      const named = [line.itemCode, line.supplierItemCode, line.description, t(`unit.${line.unit}`)];
      const { committed, figures } = line;
      return [
        [...named, t('forecasts.row.forecast'), line.total, ...line.quantities, null, null],
        ...(committed === null
          ? []
          : [
              [
                ...named,
                t('forecasts.row.commit'),
                line.committedTotal,
                ...committed.quantities,
                committed.reason,
                committed.capacityNote,
              ],
            ]),
        [...named, t('forecasts.figure.ordered'), null, ...figures.ordered, null, null],
        [...named, t('forecasts.figure.received-short'), null, ...figures.received, null, null],
      ];
    });
    return { columns, rows };
  },
});

/** What is committed below the forecast, as a file. */
export const shortfallsFile = (rows: readonly ShortLine[], day: Day): CsvFile => ({
  fileName: `shortfalls-${day}`,
  table: ({ t }) => ({
    columns: [
      { heading: t('forecasts.shortfalls.from-week'), kind: 'text', width: 12 },
      { heading: t('forecasts.line.itemCode'), kind: 'text', width: 18 },
      { heading: t('forecasts.line.description'), kind: 'text', width: 36 },
      { heading: t('forecasts.supplier'), kind: 'text', width: 30 },
      { heading: t('forecasts.reference'), kind: 'text', width: 16 },
      { heading: t('forecasts.plant'), kind: 'text', width: 10 },
      { heading: t('forecasts.shortfalls.most'), kind: 'number', width: 14 },
      { heading: t('forecasts.shortfalls.at-end'), kind: 'number', width: 14 },
      { heading: t('forecasts.line.unit'), kind: 'text', width: 10 },
      { heading: t('forecasts.commit.reason'), kind: 'text', width: 36 },
      { heading: t('forecasts.commit.capacity'), kind: 'text', width: 24 },
    ],
    rows: rows.map((row) => [
      weekName(row.firstWeek),
      row.itemCode,
      row.description,
      row.supplierName,
      row.reference,
      row.plantCode,
      row.most,
      row.atEnd,
      t(`unit.${row.unit}`),
      row.reason,
      row.capacityNote,
    ]),
  }),
});

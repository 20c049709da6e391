import { found } from '../../kernel/errors.ts';
import { addDecimals, type DecimalString } from '../../kernel/money.ts';
import type { Translate } from '../../platform/i18n/catalogue.ts';
import { drawHeading, drawKeyValues, drawLetterhead } from '../../platform/pdf/blocks.ts';
import { type DocumentWords, documentWords } from '../../platform/pdf/document-words.ts';
import { makePdf } from '../../platform/pdf/pdf.ts';
import { drawTable, type PdfCell } from '../../platform/pdf/table.ts';
import type { HandlingUnit, UnitContent } from './handling-unit.ts';
import type { PackingContent } from './packing-content.ts';
import { shownSscc } from './sscc.ts';

/** The packing list of a delivery as an A4 document in the plant's language: each unit, and what is in it. */
export function drawPackingList(
  content: PackingContent,
  of: { t: Translate; hasText: (key: string) => boolean },
): Promise<Buffer> {
  const words = documentWords(content.language, of);
  const { t, fmt } = words;
  const { supplier, receiver } = content;
  const title = t('packing.list.title');
  return makePdf(
    {
      title: `${title} ${content.reference}`,
      lang: content.language,
      author: supplier.name,
      createdAt: content.packedAt,
      runningTitle: `${title} ${content.reference}`,
      footer: `${supplier.name} · ${content.reference}`,
      pageLabel: (page, pages) => t('packing.list.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer: supplier.name,
        issuerLines: supplier.addressLines,
        title,
        reference: content.reference,
        remarks: [`${t('packing.list.despatched')} ${fmt.day(content.despatchedOn)}`],
      });
      drawKeyValues(pdf, [
        {
          label: t('packing.label.to'),
          value: [
            receiver.name,
            `${receiver.plantName} (${receiver.plantCode})`,
            ...receiver.addressLines,
          ].join('\n'),
        },
        { label: t('packing.list.orders'), value: content.orderReferences.join('\n') },
        {
          label: t('packing.list.transport'),
          value: [content.carrier, content.trackingNumber].filter((text) => text !== '').join('\n') || '—',
        },
        { label: t('packing.list.expected'), value: fmt.day(content.expectedOn) },
        { label: t('packing.list.units'), value: fmt.count(content.units.length) },
        { label: t('packing.list.weight'), value: weightOf(content.units, words) },
      ]);
      for (const unit of content.units) {
        drawHeading(pdf, headingOf(unit, content, words));
        drawTable(pdf, {
          columns: [
            { heading: t('packing.list.order-line'), width: 18 },
            { heading: t('packing.list.item'), width: 36 },
            { heading: t('packing.list.quantity'), width: 12, align: 'right' },
            { heading: t('packing.list.unit'), width: 10 },
            { heading: t('packing.list.lot-and-serials'), width: 24 },
          ],
          rows: unit.contents.map((row) => cellsOf(row, content, words)),
        });
      }
    },
  );
}

/** The weight of all units, where each of them says its own. */
function weightOf(units: readonly HandlingUnit[], { fmt }: DocumentWords): string {
  const weights = units
    .map((unit) => unit.grossWeightKg)
    .filter((weight): weight is DecimalString => weight !== null);
  return weights.length === units.length ? `${fmt.quantity(addDecimals(weights))} kg` : '—';
}

const headingOf = (unit: HandlingUnit, { units }: PackingContent, { t, fmt }: DocumentWords): string =>
  [
    `${t(`packing.kind.${unit.kind}`)} ${unit.unitNo} / ${units.length}`,
    `SSCC ${shownSscc(unit.sscc)}`,
    ...(unit.grossWeightKg === null ? [] : [`${fmt.quantity(unit.grossWeightKg)} kg`]),
  ].join(' · ');

function cellsOf(row: UnitContent, content: PackingContent, { fmt, unit }: DocumentWords): PdfCell[] {
  const line = found(
    'po_line',
    content.lines.find((one) => one.poLineId === row.poLineId),
  );
  return [
    `${line.orderReference} / ${line.lineNo}`,
    { text: line.description, detail: line.itemCode ?? '' },
    fmt.quantity(row.quantity),
    unit(line.unit),
    row.lotNumber === ''
      ? row.serialNumbers.join(', ')
      : { text: row.lotNumber, detail: row.serialNumbers.join(', ') },
  ];
}

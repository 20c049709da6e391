import type { Translate } from '../platform/i18n/catalogue.ts';
import {
  drawHeading,
  drawKeyValues,
  drawLetterhead,
  drawParagraph,
  drawTotals,
  type KeyValue,
} from '../platform/pdf/blocks.ts';
import { type DocumentWords, documentWords } from '../platform/pdf/document-words.ts';
import { makePdf } from '../platform/pdf/pdf.ts';
import { drawTable, type PdfCell } from '../platform/pdf/table.ts';
import type { LetterContent, LetterContentLine } from './letter-content.ts';

const TOTAL_HEIGHT = 35;

/**
 * What one bidder is told, as an A4 letter in its language, from the frozen content alone. The same content gives the
 * same bytes.
 */
export function drawAwardLetter(
  content: LetterContent,
  of: { t: Translate; hasText: (key: string) => boolean; issuedAt: Date },
): Promise<Buffer> {
  const { language } = content.supplier;
  const { t } = of;
  const words = documentWords(language, of);
  const issuer = language === 'zh-CN' ? content.company.nameLocal : content.company.name;
  const title = t(`letters.title.${content.outcome}`);
  return makePdf(
    {
      title: `${title} ${content.eventReference}`,
      lang: language,
      author: issuer,
      createdAt: of.issuedAt,
      runningTitle: `${title} · ${content.eventReference}`,
      footer: `${issuer} · ${content.awardReference}`,
      pageLabel: (page, pages) => t('orders.document.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer,
        issuerLines: [
          ...content.company.addressLines,
          `${t('orders.document.tax-id')} ${content.company.vatId}`,
        ],
        title,
        reference: content.eventReference,
        remarks: [
          `${t('orders.document.date')} ${words.fmt.day(content.issuedOn)}`,
          `${t('letters.award')} ${content.awardReference}`,
        ],
      });
      drawKeyValues(pdf, partiesOf(content, words), 2);
      drawHeading(pdf, content.title);
      for (const paragraph of paragraphsOf(content, words)) drawParagraph(pdf, paragraph);
      drawLines(pdf, content, words);
      if (content.standstill !== null) {
        drawHeading(pdf, t('letters.standstill'));
        drawParagraph(pdf, standstillIn(content.standstill, words));
        const { announcedUntil = null } = content.standstill;
        if (announcedUntil !== null)
          drawParagraph(pdf, t('calendars.provisional', { day: words.fmt.day(announcedUntil) }));
      }
      if (content.debrief !== '' && content.outcome !== 'award') {
        drawHeading(pdf, t('letters.from-buyer'));
        drawParagraph(pdf, content.debrief);
      }
    },
  );
}

const partiesOf = ({ supplier, buyer }: LetterContent, { t, country }: DocumentWords): KeyValue[] => [
  {
    label: t('letters.to'),
    value: [
      supplier.name,
      ...supplier.addressLines,
      ...(supplier.country === null ? [] : [country(supplier.country)]),
    ].join('\n'),
  },
  { label: t('letters.contact'), value: `${buyer.name}\n${buyer.email}` },
];

function paragraphsOf(content: LetterContent, { t, fmt }: DocumentWords): string[] {
  const { outcome, reason, excludedLots = [] } = content;
  return [
    t(`letters.text.${outcome}`, { title: content.title, reference: content.eventReference }),
    ...(reason === null ? [] : [reason]),
    ...excludedLots.map((lot) =>
      t('letters.lot-excluded', { number: lot.lotNo, title: lot.title, reason: lot.reason }),
    ),
    ...placesIn(content, { t, fmt }),
  ];
}

/** Its places, each as a sentence: in the lots, where there are places in lots, else over all lines. */
function placesIn(
  { rank, lots = [] }: Pick<LetterContent, 'rank' | 'lots'>,
  { t, fmt }: Pick<DocumentWords, 't' | 'fmt'>,
): string[] {
  if (lots.length > 0)
    return lots.map(({ lotNo, title, place, by = 'weighted' }) =>
      t(`letters.rank-in-lot-by.${by}`, { number: lotNo, title, place: fmt.count(place) }),
    );
  // A letter from before criteria ranked says nothing of what it went by.
  return rank === null ? [] : [t(`letters.rank-by.${rank.by ?? 'price'}`, { place: fmt.count(rank.place) })];
}

export const standstillIn = (
  { days, until, timeZone }: NonNullable<LetterContent['standstill']>,
  { t, fmt }: Pick<DocumentWords, 't' | 'fmt'>,
): string => t('letters.standstill-text', { days, until: fmt.instant(until, timeZone) });

function drawLines(pdf: Parameters<typeof drawTable>[0], content: LetterContent, words: DocumentWords): void {
  if (content.lines.length === 0) return;
  const { t, fmt } = words;
  const hasWon = content.outcome !== 'lose';
  drawHeading(pdf, t('letters.lines'));
  drawTable(pdf, {
    columns: [
      { heading: t('orders.document.line'), width: 5, align: 'right' },
      { heading: t('orders.document.item'), width: 34 },
      { heading: t('letters.your-price'), width: 14, align: 'right' },
      { heading: t('letters.awarded'), width: 16, align: 'right' },
      { heading: `${t('orders.document.amount')} ${content.currency}`, width: 15, align: 'right' },
      { heading: t('letters.result'), width: 30 },
    ],
    rows: content.lines.map((line) => cellsOf(line, content.currency, words)),
    ...(hasWon ? { keptBelow: TOTAL_HEIGHT } : {}),
  });
  if (hasWon)
    drawTotals(pdf, [
      {
        label: t('letters.total'),
        value: fmt.money(content.awardedAmount, content.currency),
        isStrong: true,
      },
    ]);
}

function cellsOf(line: LetterContentLine, currency: string, { t, fmt, unit }: DocumentWords): PdfCell[] {
  const isWon = line.outcome === 'won' || line.outcome === 'part-won';
  const price = fmt.price(line.unitPrice, currency);
  const base = line.priceBaseQuantity;
  const details = [
    ...(line.distance === null ? [] : [t(`letters.distance.${line.distance}`)]),
    ...(line.winners.length === 0 ? [] : [t('letters.went-to', { names: line.winners.join(', ') })]),
  ];
  return [
    String(line.lineNo),
    { text: line.description, detail: `${fmt.quantity(line.askedQuantity)} ${unit(line.unit)}` },
    /^1(\.0+)?$/.test(base)
      ? price
      : { text: price, detail: t('awards.per', { quantity: fmt.quantity(base) }) },
    isWon ? `${fmt.quantity(line.awardedQuantity)} ${unit(line.unit)}` : '—',
    isWon ? fmt.amount(line.awardedAmount, currency) : '—',
    { text: t(`awards.letter.line-${line.outcome}`), detail: details.join(' ') },
  ];
}

import { isZero, subtractDecimals } from '../kernel/money.ts';
import type { Catalogue, Locale, Translate } from '../platform/i18n/catalogue.ts';
import {
  drawHeading,
  drawKeyValues,
  drawLetterhead,
  drawParagraph,
  type KeyValue,
} from '../platform/pdf/blocks.ts';
import { type DocumentWords, documentWords } from '../platform/pdf/document-words.ts';
import { makePdf } from '../platform/pdf/pdf.ts';
import { drawTable, type PdfCell } from '../platform/pdf/table.ts';
import type { AgreementContent, Signature } from './agreement-version.ts';

/**
 * The agreement as an A4 document in one of its languages, from the content of a version and its signatures alone.
 * The same text gives the same bytes.
 */
export function drawAgreement(
  content: AgreementContent,
  of: {
    language: Locale;
    catalogue: Catalogue;
    sha256: string;
    madeAt: Date;
    timeZone: string;
    signatures: readonly Signature[];
  },
): Promise<Buffer> {
  const { language, catalogue } = of;
  const t = catalogue.translator(language);
  const words = documentWords(language, { t, hasText: (key) => catalogue.has(language, key) });
  const issuer = language === 'zh-CN' ? content.company.nameLocal : content.company.name;
  const title = t(`agreements.document.title.${content.kind}`);
  const reference = `${content.reference} · ${t('agreements.document.version')} ${content.version}`;
  return makePdf(
    {
      title: `${title} ${content.reference}`,
      lang: language,
      author: issuer,
      createdAt: of.madeAt,
      runningTitle: `${title} ${reference}`,
      footer: `${issuer} · ${reference}`,
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
        reference: content.reference,
        remarks: [`${t('agreements.document.version')} ${content.version}`],
      });
      drawKeyValues(pdf, partiesOf(content, { words, issuer, language }), 2);
      drawKeyValues(pdf, termsOf(content, words, language), 3);
      drawHeading(pdf, content.title);
      drawTable(pdf, {
        columns: [
          { heading: t('orders.document.line'), width: 5, align: 'right' },
          { heading: t('orders.document.item'), width: 36 },
          { heading: t('orders.document.unit'), width: 9 },
          { heading: `${t('agreements.document.prices')} ${content.currency}`, width: 24, align: 'right' },
          { heading: t('agreements.document.at-most'), width: 12, align: 'right' },
          { heading: t('agreements.document.holds'), width: 20 },
        ],
        rows: content.lines.map((line) => cellsOf(line, content, words)),
        keptBelow: 0,
      });
      drawHeading(pdf, t('agreements.document.clauses'));
      for (const clause of clausesOf(content, words)) drawParagraph(pdf, clause);
      drawHeading(pdf, t('agreements.document.signatures'));
      drawKeyValues(pdf, signaturesOf(content, { ...of, issuer, words }), 2);
      drawParagraph(pdf, `${t('agreements.document.fingerprint')} ${of.sha256}`, { size: 7.5 });
    },
  );
}

function partiesOf(
  { supplier, company }: AgreementContent,
  { words: { t, country }, issuer, language }: { words: DocumentWords; issuer: string; language: Locale },
): KeyValue[] {
  const other = language === 'zh-CN' ? company.name : company.nameLocal;
  const supplierLines = [
    supplier.name,
    ...supplier.addressLines,
    ...(supplier.country === null ? [] : [country(supplier.country)]),
    ...(supplier.taxId === null ? [] : [`${t('orders.document.tax-id')} ${supplier.taxId}`]),
  ];
  return [
    {
      label: t('agreements.document.buyer'),
      value: [issuer, other, ...company.addressLines].join('\n'),
    },
    { label: t('orders.document.supplier'), value: supplierLines.join('\n') },
  ];
}

function termsOf(content: AgreementContent, { t, fmt }: DocumentWords, language: Locale): KeyValue[] {
  const named = (one: { nameEn: string; nameZh: string }) => (language === 'en' ? one.nameEn : one.nameZh);
  return [
    {
      label: t('agreements.document.valid'),
      value: `${fmt.day(content.validFrom)} – ${fmt.day(content.validUntil)}`,
    },
    {
      label: t('agreements.document.notice'),
      value: t('agreements.document.days', { days: content.noticeDays }),
    },
    {
      label: t('agreements.document.value-limit'),
      value:
        content.valueLimit === null
          ? t('agreements.document.no-limit')
          : fmt.money(content.valueLimit, content.currency),
    },
    {
      label: `${t('orders.document.delivery-terms')} (${t('orders.document.incoterms')})`,
      value: `${content.incoterm} ${content.incotermPlace}`.trim(),
    },
    {
      label: t('orders.document.payment-terms'),
      value: t('orders.document.payment-days', { days: content.paymentTermsDays }),
    },
    { label: t('agreements.document.category'), value: named(content.category) },
    {
      label: t('agreements.document.plants'),
      value: content.plants.map((plant) => `${named(plant)} (${plant.code})`).join('\n'),
    },
    { label: t('orders.document.currency'), value: content.currency },
    { label: t('orders.document.supplier-number'), value: content.supplier.reference },
    ...chargesOf(content, { t, fmt }),
  ];
}

/** What every order is charged beside its prices; nothing where nothing is. */
function chargesOf(
  { charges = [], currency }: AgreementContent,
  { t, fmt }: Pick<DocumentWords, 't' | 'fmt'>,
): KeyValue[] {
  if (charges.length === 0) return [];
  const lines = charges.map(({ reason, percent, amount, below }) =>
    [
      t(`order-charges.reason.${reason}`),
      percent === null ? fmt.money(amount ?? '0', currency) : `${percent} %`,
      below === null ? '' : t('agreement-charges.orders-below', { amount: fmt.money(below, currency) }),
    ]
      .filter((part) => part !== '')
      .join(' '),
  );
  return [{ label: t('agreement-charges.heading'), value: lines.join('\n') }];
}

function cellsOf(
  line: AgreementContent['lines'][number],
  content: AgreementContent,
  { t, fmt, unit }: DocumentWords,
): PdfCell[] {
  const isPerOne = isZero(subtractDecimals(line.priceBaseQuantity, '1'));
  const prices = line.tiers.map(({ fromQuantity, unitPrice }) => {
    const price = fmt.price(unitPrice, content.currency);
    return isZero(fromQuantity)
      ? price
      : t('agreements.document.from-quantity', { quantity: fmt.quantity(fromQuantity), price });
  });
  return [
    String(line.lineNo),
    {
      text: line.description,
      detail: [line.itemCode ?? '', formulaOf(line, t)].filter((part) => part !== '').join(' · '),
    },
    unit(line.unit),
    {
      text: prices.join('\n'),
      detail: isPerOne
        ? ''
        : t('orders.document.price-per', { quantity: fmt.quantity(line.priceBaseQuantity) }),
    },
    line.quantityLimit === null ? '–' : fmt.quantity(line.quantityLimit),
    `${fmt.day(line.validFrom ?? content.validFrom)} –\n${fmt.day(line.validUntil ?? content.validUntil)}`,
  ];
}

const formulaOf = ({ formula }: AgreementContent['lines'][number], t: Translate): string =>
  formula ? t('agreements.document.formula', { formula: formula.expression, month: formula.baseMonth }) : '';

const clausesOf = (content: AgreementContent, { t, fmt }: DocumentWords): string[] =>
  [
    t(`agreements.document.clause.${content.kind}`),
    t('agreements.document.clause.call-off'),
    t('agreements.document.clause.scale'),
    t('agreements.document.clause.notice', {
      days: content.noticeDays,
      until: fmt.day(content.validUntil),
    }),
    t('agreements.document.clause.change'),
    content.clauses,
    t(`agreements.document.clause.counts.${content.supplier.language}`),
  ].filter((clause) => clause !== '');

function signaturesOf(
  content: AgreementContent,
  of: {
    issuer: string;
    words: { t: Translate } & DocumentWords;
    timeZone: string;
    signatures: readonly Signature[];
  },
): KeyValue[] {
  const { t, fmt } = of.words;
  const signed = (side: Signature['side']): string => {
    const one = of.signatures.find((signature) => signature.side === side);
    return one === undefined
      ? t('agreements.document.not-signed')
      : t('agreements.document.signed', { name: one.name, at: fmt.instant(one.signedAt, of.timeZone) });
  };
  return [
    { label: of.issuer, value: signed('buyer') },
    { label: content.supplier.name, value: signed('supplier') },
  ];
}

import { isZero, subtractDecimals } from '../kernel/money.ts';
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
import { drawPaymentPlan } from './payment-plan.pdf.ts';
import type { PoContent, PoContentLine } from './po-version.ts';

const TOTAL_HEIGHT = 35;

/**
 * The order as an A4 document in its supplier's language, from the content of one version alone. The same
 * version gives the same bytes.
 */
export function drawPurchaseOrder(
  content: PoContent,
  of: { t: Translate; hasText: (key: string) => boolean; issuedAt: Date },
): Promise<Buffer> {
  const { language } = content.supplier;
  const { t, issuedAt } = of;
  const words = documentWords(language, of);
  const issuer = issuerOf(content);
  const reference = `${content.reference} · ${t('orders.document.version')} ${content.version}`;
  return makePdf(
    {
      title: `${t('orders.document.title')} ${content.reference}`,
      lang: language,
      author: issuer,
      createdAt: issuedAt,
      runningTitle: `${t('orders.document.title')} ${reference}`,
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
        title: t('orders.document.title'),
        reference: content.reference,
        remarks: [
          `${t('orders.document.date')} ${words.fmt.day(content.issuedOn)}`,
          `${t('orders.document.version')} ${content.version}`,
        ],
      });
      drawKeyValues(pdf, partiesOf(content, words), 3);
      drawKeyValues(pdf, termsOf(content, words), 3);
      drawHeading(pdf, content.title);
      drawTable(pdf, {
        columns: [
          { heading: t('orders.document.line'), width: 5, align: 'right' },
          { heading: t('orders.document.item'), width: 39 },
          { heading: t('orders.document.quantity'), width: 11, align: 'right' },
          { heading: t('orders.document.unit'), width: 9 },
          { heading: t('orders.document.due'), width: 12 },
          { heading: t('orders.document.price'), width: 12, align: 'right' },
          { heading: `${t('orders.document.amount')} ${content.currency}`, width: 15, align: 'right' },
        ],
        rows: content.lines.map((line) => cellsOf(line, content.currency, words)),
        keptBelow: TOTAL_HEIGHT,
      });
      drawTotals(pdf, sumsOf(content, words));
      drawPaymentPlan(pdf, content, words);
      drawHeading(pdf, t('orders.document.terms'));
      drawParagraph(pdf, content.paymentTermsText);
      if (content.termsText !== undefined) drawParagraph(pdf, content.termsText);
    },
  );
}

type Sum = { readonly label: string; readonly value: string; readonly isStrong?: boolean };

/** One sum where nothing is charged or taxed; else what the lines come to, each charge, and tax by rate. */
function sumsOf(content: PoContent, { t, fmt }: DocumentWords): Sum[] {
  const { currency, totals } = content;
  const money = (amount: string) => fmt.money(amount, currency);
  const total = (name: string, amount: string): Sum => ({
    label: t(name),
    value: money(amount),
    isStrong: true,
  });
  if (totals === undefined) return [total('orders.document.total', content.totalAmount)];
  const hasTaxes = totals.taxes.length > 0;
  return [
    ...(totals.charges.length === 0
      ? []
      : [{ label: t('order-charges.lines'), value: money(totals.linesAmount) }]),
    ...totals.charges.map((charge) => ({
      label: `${t(`order-charges.reason.${charge.reason}`)}${charge.percent === null ? '' : ` ${charge.percent} %`}${charge.id === undefined ? '' : ` (${t('order-charges.by-itself')})`}`,
      value: money(charge.value),
    })),
    total(hasTaxes ? 'order-charges.net' : 'orders.document.total', totals.netAmount),
    ...totals.taxes.map((tax) => ({
      label: t('order-charges.tax-on', { rate: tax.rate, base: money(tax.base) }),
      value: money(tax.amount),
    })),
    ...(hasTaxes ? [total('order-charges.gross', totals.grossAmount)] : []),
  ];
}

const chargesOf = (line: PoContentLine, { t }: DocumentWords): string =>
  (line.charges ?? [])
    .map(
      (charge) =>
        `${t(`order-charges.reason.${charge.reason}`)} ${charge.reason === 'discount' ? '−' : '+'}${charge.percent === null ? charge.amount : `${charge.percent} %`}`,
    )
    .join(', ');

const issuerOf = ({ company, supplier }: PoContent): string =>
  supplier.language === 'zh-CN' ? company.nameLocal : company.name;

function partiesOf(content: PoContent, { t, country }: DocumentWords): KeyValue[] {
  const { supplier, plant, buyer } = content;
  const supplierLines = [
    supplier.name,
    ...supplier.addressLines,
    ...(supplier.country === null ? [] : [country(supplier.country)]),
    ...(supplier.taxId === null ? [] : [`${t('orders.document.tax-id')} ${supplier.taxId}`]),
  ];
  const plantName = supplier.language === 'zh-CN' ? plant.nameZh : plant.nameEn;
  return [
    { label: t('orders.document.supplier'), value: supplierLines.join('\n') },
    {
      label: t('orders.document.deliver-to'),
      value: [issuerOf(content), `${plantName} (${plant.code})`, ...plant.addressLines].join('\n'),
    },
    { label: t('orders.document.contact'), value: `${buyer.name}\n${buyer.email}` },
  ];
}

function termsOf(content: PoContent, { t }: DocumentWords): KeyValue[] {
  const pairs = [
    {
      label: `${t('orders.document.delivery-terms')} (${t('orders.document.incoterms')})`,
      value: `${content.incoterm} ${content.incotermPlace}`.trim(),
    },
    {
      label: t('orders.document.payment-terms'),
      value: t('orders.document.payment-days', { days: content.paymentTermsDays }),
    },
    { label: t('orders.document.currency'), value: content.currency },
    { label: t('orders.document.supplier-number'), value: content.supplier.reference },
  ];
  if (content.agreementReference !== undefined)
    pairs.push({ label: t('orders.document.agreement'), value: content.agreementReference });
  return content.eventReference === null
    ? pairs
    : [...pairs, { label: t('orders.document.requirement'), value: content.eventReference }];
}

/** Our code, the supplier's, and how much it is in the supplier's own unit. */
function itemDetails({ itemCode, supplierItem }: PoContentLine, { t, fmt, unit }: DocumentWords): string {
  if (supplierItem === undefined) return itemCode ?? '';
  const { code, quantity, unit: its } = supplierItem;
  return [
    itemCode ?? '',
    t('supplier-items.on-order.number', { number: code }),
    ...(quantity === undefined || its === undefined
      ? []
      : [t('supplier-items.on-order.in-its-unit', { quantity: fmt.quantity(quantity), unit: unit(its) })]),
  ].join(' · ');
}

function cellsOf(line: PoContentLine, currency: string, words: DocumentWords): PdfCell[] {
  const { t, fmt, unit } = words;
  const isPerOne = isZero(subtractDecimals(line.priceBaseQuantity, '1'));
  const price = fmt.price(line.unitPrice, currency);
  const details = [
    isPerOne ? '' : t('orders.document.price-per', { quantity: fmt.quantity(line.priceBaseQuantity) }),
    chargesOf(line, words),
  ]
    .filter((part) => part !== '')
    .join(', ');
  return [
    String(line.lineNo),
    { text: line.description, detail: itemDetails(line, words) },
    fmt.quantity(line.quantity),
    unit(line.unit),
    line.deliveries === undefined
      ? fmt.day(line.dueOn)
      : line.deliveries.map((one) => `${fmt.quantity(one.quantity)}: ${fmt.day(one.dueOn)}`).join('\n'),
    details === '' ? price : { text: price, detail: details },
    line.taxRate === undefined
      ? fmt.amount(line.amount, currency)
      : {
          text: fmt.amount(line.amount, currency),
          detail: t('order-charges.tax-of', { rate: line.taxRate }),
        },
  ];
}

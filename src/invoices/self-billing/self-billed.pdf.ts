import type { Policies } from '../../kernel/policies.ts';
import type { Translate } from '../../platform/i18n/catalogue.ts';
import {
  drawHeading,
  drawKeyValues,
  drawLetterhead,
  drawParagraph,
  drawTotals,
} from '../../platform/pdf/blocks.ts';
import { documentWords } from '../../platform/pdf/document-words.ts';
import { makePdf, type Pdf } from '../../platform/pdf/pdf.ts';
import { drawTable } from '../../platform/pdf/table.ts';
import type { Figures } from '../figures.ts';
import { SELF_BILLED_TYPE } from './self-billed-invoice.ts';
import type { SelfBilledNames } from './self-billing.queries.ts';

/**
 * The invoice that we made for its supplier, as an A4 document in the supplier's language: the supplier sells, we buy, and
 * it says so in the words that tax law asks for.
 * @source Directive 2006/112/EC, Article 226 (10a); UNTDID 1001, 389
 */
export function drawSelfBilled(
  of: {
    invoice: { readonly reference: string; readonly dueOn: string };
    figures: Figures;
    names: SelfBilledNames;
  },
  by: {
    t: Translate;
    hasText: (key: string) => boolean;
    company: Policies['company'];
    issuedAt: Date;
  },
): Promise<Buffer> {
  const { figures, names } = of;
  const { t, company } = by;
  const locale = names.supplierLanguage;
  const words = documentWords(locale, by);
  const { fmt } = words;
  const title = t('self-billing.pdf.title');
  const buyer = locale === 'zh-CN' ? company.nameLocal : company.name;
  return makePdf(
    {
      title: `${title} ${figures.supplierNumber}`,
      lang: locale,
      author: buyer,
      createdAt: by.issuedAt,
      runningTitle: `${title} ${figures.supplierNumber}`,
      footer: `${names.supplierName} · ${figures.supplierNumber}`,
      pageLabel: (page, pages) => t('payments.advice.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer: names.supplierName,
        issuerLines: [
          ...names.supplierAddress,
          ...(names.supplierTaxId === null
            ? []
            : [t('self-billing.pdf.tax-id', { id: names.supplierTaxId })]),
        ],
        title,
        reference: figures.supplierNumber,
        remarks: [
          t('self-billing.pdf.issued', { day: fmt.day(figures.issuedOn) }),
          t('self-billing.pdf.type', { code: SELF_BILLED_TYPE }),
        ],
      });
      drawKeyValues(
        pdf,
        [
          {
            label: t('self-billing.pdf.buyer'),
            value: [buyer, ...company.addressLines, t('self-billing.pdf.tax-id', { id: company.vatId })].join(
              '\n',
            ),
          },
          {
            label: t('self-billing.pdf.about'),
            value: [names.orderReference, names.receiptReference ?? names.statementReference ?? ''].join(
              '\n',
            ),
          },
          {
            label: t('self-billing.pdf.agreement'),
            value: [names.agreementReference, of.invoice.reference].join('\n'),
          },
        ],
        3,
      );
      drawFigures(pdf, figures, words);
      drawParagraph(pdf, t('self-billing.pdf.note', { day: fmt.day(of.invoice.dueOn), buyer }));
    },
  );
}

function drawFigures(pdf: Pdf, figures: Figures, words: ReturnType<typeof documentWords>): void {
  const { t, fmt } = words;
  const { currency } = figures;
  drawHeading(pdf, t('self-billing.page.lines'));
  drawTable(pdf, {
    columns: [
      { heading: t('self-billing.page.line'), width: 6, align: 'right' },
      { heading: t('self-billing.page.item'), width: 42 },
      { heading: t('self-billing.page.quantity'), width: 16, align: 'right' },
      { heading: `${t('self-billing.page.price')} ${currency}`, width: 16, align: 'right' },
      { heading: `${t('self-billing.page.amount')} ${currency}`, width: 20, align: 'right' },
    ],
    rows: figures.lines.map((line) => [
      String(line.lineNo),
      {
        text: line.description,
        detail: t(`invoices.taxes.${line.tax.category}`, { rate: fmt.percent(line.tax.rate) }),
      },
      `${fmt.quantity(line.quantity)} ${words.unit(line.unit)}`,
      fmt.price(line.unitPrice, currency),
      fmt.amount(line.amount, currency),
    ]),
    keptBelow: 60,
  });
  drawTotals(pdf, [
    ...figures.charges.map((charge) => ({
      label: t(`order-charges.reason.${charge.reason}`),
      value: fmt.money(charge.amount, currency),
    })),
    { label: t('self-billing.page.net'), value: fmt.money(figures.netAmount, currency) },
    ...figures.taxes.map((tax) => ({
      label: t('invoices.page.tax-on', {
        tax: t(`invoices.taxes.${tax.category}`, { rate: fmt.percent(tax.rate) }),
        base: fmt.money(tax.taxableAmount, currency),
      }),
      value: fmt.money(tax.taxAmount, currency),
    })),
    {
      label: t('self-billing.page.gross'),
      value: fmt.money(figures.grossAmount, currency),
      isStrong: true,
    },
  ]);
}

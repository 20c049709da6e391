import type { Policies } from '../../kernel/policies.ts';
import type { Locale, Translate } from '../../platform/i18n/catalogue.ts';
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
import type { StatementShown } from './statement-page.service.ts';

type Words = ReturnType<typeof documentWords>;

/** The statement as an A4 document in the reader's language: what came, what of it is invoiced, what is to be. */
export function drawStatement(
  shown: StatementShown,
  of: {
    t: Translate;
    hasText: (key: string) => boolean;
    locale: Locale;
    company: Policies['company'];
    issuedAt: Date;
  },
): Promise<Buffer> {
  const { statement, names } = shown;
  const { t, locale, company } = of;
  const words = documentWords(locale, of);
  const issuer = locale === 'zh-CN' ? company.nameLocal : company.name;
  const title = t('statements.page.title');
  return makePdf(
    {
      title: `${title} ${statement.reference}`,
      lang: locale,
      author: issuer,
      createdAt: of.issuedAt,
      runningTitle: `${title} ${statement.reference}`,
      footer: `${issuer} · ${statement.reference}`,
      pageLabel: (page, pages) => t('payments.advice.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer,
        issuerLines: company.addressLines,
        title,
        reference: statement.reference,
        remarks: [words.fmt.month(statement.month), t(`state.statement.buyer.${statement.state}`)],
      });
      drawKeyValues(
        pdf,
        [
          {
            label: t('statements.page.supplier'),
            value: [names.supplierName, ...names.supplierAddress].join('\n'),
          },
          { label: t('payments.advice.supplier-number'), value: names.supplierReference },
          {
            label: t('statements.page.plant'),
            value: `${locale === 'en' ? names.plantNameEn : names.plantNameZh} (${statement.plantCode})`,
          },
        ],
        3,
      );
      drawLines(pdf, shown, words);
      drawTotals(pdf, [
        {
          label: t('statements.page.sum-invoiced'),
          value: words.fmt.money(shown.sums.invoiced, statement.currency),
        },
        {
          label: t('statements.page.sum-to-invoice'),
          value: words.fmt.money(shown.sums.toInvoice, statement.currency),
          isStrong: true,
        },
      ]);
      drawParagraph(pdf, t('statements.page.note'));
    },
  );
}

function drawLines(pdf: Pdf, { statement, lines }: StatementShown, { t, fmt, unit }: Words): void {
  const stated = lines.filter((line) => !line.isLeftOut);
  for (const kind of ['to_invoice', 'invoiced'] as const) {
    const own = stated.filter((line) => line.kind === kind);
    if (own.length === 0) continue;
    drawHeading(pdf, t(`statements.kind.${kind}`));
    drawTable(pdf, {
      columns: [
        { heading: t('statements.page.line'), width: 5, align: 'right' },
        { heading: t('statements.page.received'), width: 20 },
        { heading: t('statements.page.item'), width: 35 },
        { heading: t('statements.page.quantity'), width: 12, align: 'right' },
        { heading: `${t('statements.page.price')} ${statement.currency}`, width: 13, align: 'right' },
        { heading: `${t('statements.page.amount')} ${statement.currency}`, width: 15, align: 'right' },
      ],
      rows: own.map((line) => [
        String(line.lineNo),
        { text: fmt.day(line.receivedOn), detail: `${line.receiptReference} · ${line.orderReference}` },
        {
          text: line.description,
          detail: [line.itemCode, line.invoiceNumber].filter((one) => one !== null).join(' · '),
        },
        `${fmt.quantity(line.quantity)} ${unit(line.unit)}`,
        fmt.price(line.unitPrice, statement.currency),
        fmt.amount(line.amount, statement.currency),
      ]),
      keptBelow: 35,
    });
  }
}

import { isZero, subtractDecimals } from '../kernel/money.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import {
  drawHeading,
  drawKeyValues,
  drawLetterhead,
  drawParagraph,
  drawTotals,
} from '../platform/pdf/blocks.ts';
import { makePdf } from '../platform/pdf/pdf.ts';
import { drawTable } from '../platform/pdf/table.ts';
import type { PaymentPage } from './payment-run-page.service.ts';

/** The remittance advice as an A4 document in its supplier's language: what is paid, when, and for which invoices. */
export function drawRemittanceAdvice(
  { payment, lines, amount, credits }: Pick<PaymentPage, 'payment' | 'lines' | 'amount' | 'credits'>,
  of: { t: Translate; company: Policies['company']; issuedAt: Date },
): Promise<Buffer> {
  const { t, company } = of;
  const language = payment.supplierLanguage;
  const fmt = formatFor(language);
  const references = new Map(lines.map((line) => [line.invoiceId, line.invoiceReference]));
  const issuer = language === 'zh-CN' ? company.nameLocal : company.name;
  const title = t('payments.advice.title');
  return makePdf(
    {
      title: `${title} ${payment.reference}`,
      lang: language,
      author: issuer,
      createdAt: of.issuedAt,
      runningTitle: `${title} ${payment.reference}`,
      footer: `${issuer} · ${payment.reference}`,
      pageLabel: (page, pages) => t('payments.advice.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer,
        issuerLines: company.addressLines,
        title,
        reference: payment.reference,
        remarks: [`${t('payments.advice.pay-on')} ${fmt.day(payment.payOn)}`],
      });
      drawKeyValues(
        pdf,
        [
          {
            label: t('payments.advice.to'),
            value: [payment.supplierName, ...payment.supplierAddress].join('\n'),
          },
          { label: t('payments.advice.supplier-number'), value: payment.supplierReference },
          { label: t('payments.advice.reference'), value: payment.reference },
        ],
        3,
      );
      drawHeading(pdf, t('payments.advice.invoices'));
      drawTable(pdf, {
        columns: [
          { heading: t('payments.advice.number'), width: 26 },
          { heading: t('payments.advice.our-reference'), width: 20 },
          { heading: t('payments.advice.order'), width: 20 },
          { heading: t('payments.advice.issued'), width: 14 },
          { heading: `${t('payments.advice.amount')} ${payment.currency}`, width: 20, align: 'right' },
        ],
        rows: lines.map((line) => [
          line.supplierNumber,
          line.retentionId === null
            ? line.invoiceReference
            : { text: line.invoiceReference, detail: t('retentions.released-part') },
          line.orderReference,
          fmt.day(line.issuedOn),
          fmt.amount(line.grossAmount, payment.currency),
        ]),
        keptBelow: 35,
      });
      if (credits.length > 0) {
        drawHeading(pdf, t('payments.advice.credits'));
        drawTable(pdf, {
          columns: [
            { heading: t('payments.advice.credit'), width: 46 },
            { heading: t('payments.advice.our-reference'), width: 34 },
            { heading: `${t('payments.advice.amount')} ${payment.currency}`, width: 20, align: 'right' },
          ],
          rows: credits.map((credit) => [
            `${t(`credits.kind.${credit.kind}`)} ${credit.creditReference}`,
            references.get(credit.invoiceId) ?? '',
            fmt.amount(subtractDecimals('0', credit.amount), payment.currency),
          ]),
          keptBelow: 35,
        });
      }
      drawPlanned(pdf, { lines, currency: payment.currency, t, fmt });
      drawDiscounts(pdf, { lines, currency: payment.currency, t, fmt });
      drawTotals(pdf, [
        { label: t('payments.advice.total'), value: fmt.money(amount, payment.currency), isStrong: true },
      ]);
      drawParagraph(pdf, t('payments.advice.note', { reference: payment.reference }));
    },
  );
}

/** What was paid of these invoices in advance, and what is held back of them. */
function drawPlanned(
  pdf: Parameters<typeof drawTable>[0],
  of: Pick<PaymentPage, 'lines'> & { currency: string; t: Translate; fmt: ReturnType<typeof formatFor> },
): void {
  const { t, fmt, currency } = of;
  const rows = of.lines.flatMap((line) =>
    [
      { key: 'instalments.deducted.heading', amount: line.deductedAmount },
      { key: 'retentions.retained', amount: line.retainedAmount },
    ]
      .filter(({ amount }) => !isZero(amount))
      .map(({ key, amount }) => [
        t(key),
        line.invoiceReference,
        fmt.amount(subtractDecimals('0', amount), currency),
      ]),
  );
  if (rows.length === 0) return;
  drawHeading(pdf, t('retentions.advice'));
  drawTable(pdf, {
    columns: [
      { heading: t('retentions.what'), width: 46 },
      { heading: t('payments.advice.our-reference'), width: 34 },
      { heading: `${t('payments.advice.amount')} ${currency}`, width: 20, align: 'right' },
    ],
    rows,
    keptBelow: 35,
  });
}

/** What was agreed for paying these invoices early, and is not paid. */
function drawDiscounts(
  pdf: Parameters<typeof drawTable>[0],
  of: Pick<PaymentPage, 'lines'> & { currency: string; t: Translate; fmt: ReturnType<typeof formatFor> },
): void {
  const { t, fmt, currency } = of;
  const discounted = of.lines.filter((line) => !isZero(line.discountAmount));
  if (discounted.length === 0) return;
  drawHeading(pdf, t('early-payment.advice.heading'));
  drawTable(pdf, {
    columns: [
      { heading: t('payments.advice.number'), width: 46 },
      { heading: t('payments.advice.our-reference'), width: 34 },
      { heading: `${t('payments.advice.amount')} ${currency}`, width: 20, align: 'right' },
    ],
    rows: discounted.map((line) => [
      line.supplierNumber,
      line.invoiceReference,
      fmt.amount(subtractDecimals('0', line.discountAmount), currency),
    ]),
    keptBelow: 35,
  });
}

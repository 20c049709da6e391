import type { Policies } from '../../kernel/policies.ts';
import type { Translate } from '../../platform/i18n/catalogue.ts';
import { formatFor } from '../../platform/i18n/format.ts';
import {
  drawHeading,
  drawKeyValues,
  drawLetterhead,
  drawParagraph,
  drawTotals,
} from '../../platform/pdf/blocks.ts';
import { makePdf } from '../../platform/pdf/pdf.ts';
import { drawTable } from '../../platform/pdf/table.ts';
import type { CreditNote } from './credit-note.ts';
import type { DebitNoteDetails } from './debit-note.store.ts';

/** Our debit note as an A4 document in its supplier's language: what is claimed for what, and what the supplier can do. */
export function drawDebitNote(
  note: CreditNote,
  of: { details: DebitNoteDetails; t: Translate; company: Policies['company']; issuedAt: Date },
): Promise<Buffer> {
  const { details, t, company } = of;
  const language = details.supplierLanguage;
  const fmt = formatFor(language);
  const issuer = language === 'zh-CN' ? company.nameLocal : company.name;
  const title = t('credits.document.title');
  const heading = `${title} ${note.reference}`;
  return makePdf(
    {
      title: heading,
      lang: language,
      author: issuer,
      createdAt: of.issuedAt,
      runningTitle: heading,
      footer: `${issuer} · ${note.reference}`,
      pageLabel: (page, pages) => t('payments.advice.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer,
        issuerLines: [...company.addressLines, company.vatId],
        title,
        reference: note.reference,
        remarks: [
          fmt.day(note.issuedOn),
          ...(details.revision > 1 ? [t('credits.document.revision', { revision: details.revision })] : []),
        ],
      });
      drawKeyValues(
        pdf,
        [
          {
            label: t('credits.document.to'),
            value: [details.supplierName, ...details.supplierAddress].join('\n'),
          },
          { label: t('payments.advice.supplier-number'), value: details.supplierReference },
          {
            label: t('payments.advice.order'),
            value: `${details.orderReference}\n${details.orderTitle}`,
          },
        ],
        3,
      );
      drawHeading(pdf, t('credits.document.claimed-for'));
      drawTable(pdf, {
        columns: [
          { heading: t('credits.page.nonconformance'), width: 20 },
          { heading: t('invoices.page.receipt'), width: 18 },
          { heading: t('invoices.page.line'), width: 8, align: 'right' },
          { heading: t('invoices.page.item'), width: 34 },
          { heading: t('credits.document.affected'), width: 20, align: 'right' },
        ],
        rows: [
          [
            details.nonconformanceReference,
            details.receiptReference,
            String(details.lineNo),
            [details.itemCode, details.description].filter((one) => one !== null).join(' · '),
            `${fmt.quantity(details.quantity)} ${t(`unit.${details.unit}`)}`,
          ],
        ],
        keptBelow: 60,
      });
      drawHeading(pdf, t('credits.page.reason'));
      drawParagraph(pdf, note.reason);
      if (note.answer !== null) {
        drawHeading(pdf, t('credits.document.our-answer'));
        drawParagraph(pdf, note.answer);
      }
      drawTotals(pdf, [
        { label: t('invoices.page.net'), value: fmt.money(note.netAmount, note.currency) },
        { label: t('invoices.taxes.O', { rate: '0' }), value: fmt.money(note.taxAmount, note.currency) },
        {
          label: t('credits.document.total'),
          value: fmt.money(note.grossAmount, note.currency),
          isStrong: true,
        },
      ]);
      drawParagraph(pdf, t('credits.document.tax'));
      drawParagraph(pdf, t('credits.document.note', { reference: note.reference }));
    },
  );
}

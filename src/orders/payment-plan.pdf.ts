import type { Translate } from '../platform/i18n/catalogue.ts';
import { drawHeading, drawParagraph } from '../platform/pdf/blocks.ts';
import type { DocumentWords } from '../platform/pdf/document-words.ts';
import type { Pdf } from '../platform/pdf/pdf.ts';
import { drawTable } from '../platform/pdf/table.ts';
import type { Instalment, Retention } from './payment-plan.ts';
import type { PoContent } from './po-version.ts';

/** What is paid before delivery, and what is held back: printed where the order says so. */
export function drawPaymentPlan(pdf: Pdf, content: PoContent, { t, fmt }: DocumentWords): void {
  const { paymentPlan, currency } = content;
  if (paymentPlan === undefined) return;
  drawHeading(pdf, t('payment-plan.heading'));
  if (paymentPlan.instalments.length > 0)
    drawTable(pdf, {
      columns: [
        { heading: t('payment-plan.instalment'), width: 46 },
        { heading: t('payment-plan.share'), width: 14, align: 'right' },
        { heading: t('payment-plan.expected'), width: 18 },
        { heading: `${t('payment-plan.net')} ${currency}`, width: 22, align: 'right' },
      ],
      rows: paymentPlan.instalments.map((one) => [
        one.needsGuarantee
          ? { text: instalmentName(one, t), detail: t('payment-plan.against-guarantee') }
          : instalmentName(one, t),
        one.percent === null ? '' : `${one.percent} %`,
        one.kind === 'prepayment' ? t('payment-plan.before-delivery') : fmt.day(one.expectedOn),
        fmt.amount(one.netAmount, currency),
      ]),
      keptBelow: 20,
    });
  if (paymentPlan.instalments.length > 0) drawParagraph(pdf, t('payment-plan.deducted'));
  if (paymentPlan.retention !== null) drawParagraph(pdf, retentionSentence(paymentPlan.retention, t));
}

/** What an instalment is called. */
export const instalmentName = (one: Pick<Instalment, 'kind' | 'name'>, t: Translate): string =>
  one.kind === 'prepayment' ? t('payment-plan.prepayment') : one.name;

/** How much is held back and until when, in one sentence. */
export const retentionSentence = ({ percent, releaseAfter, releaseUnit }: Retention, t: Translate): string =>
  releaseAfter === null
    ? t('payment-plan.retained-until-decided', { percent })
    : t(`payment-plan.retained-${releaseUnit}`, { percent, after: releaseAfter });

import { addDecimals, isZero } from '../kernel/money.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { RunPage } from './payment-run-page.service.ts';

/** The payments of a released run for the bank's portal or the treasury system: one a row. */
export const bankFile = ({ run, payments }: Pick<RunPage, 'run' | 'payments'>): CsvFile => ({
  fileName: `${run.reference}-payments`,
  table: ({ t }) => ({
    columns: [
      { heading: t('payments.file.reference'), kind: 'text', width: 22 },
      { heading: t('payments.file.supplier'), kind: 'text', width: 40 },
      { heading: t('payments.file.amount'), kind: 'amount', width: 16 },
      { heading: t('early-payment.file.discount'), kind: 'amount', width: 16 },
      { heading: t('payments.file.currency'), kind: 'text', width: 9 },
      { heading: t('payments.file.pay-on'), kind: 'day', width: 12 },
      { heading: t('payments.file.invoices'), kind: 'text', width: 60 },
    ],
    rows: payments
      .filter((payment) => payment.state === 'ordered' || payment.state === 'paid')
      // What credits cover, no bank pays.
      .filter((payment) => !isZero(payment.amount))
      .map((payment) => [
        payment.reference,
        payment.supplierName,
        payment.amount,
        addDecimals(payment.lines.map((line) => line.discountAmount)),
        payment.currency,
        payment.payOn,
        payment.lines.map((line) => line.supplierNumber).join(' '),
      ]),
  }),
});

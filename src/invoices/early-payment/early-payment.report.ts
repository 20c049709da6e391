import type { CsvFile } from '../../platform/web/send-csv.ts';
import type { EarlyPaymentsPage } from './early-payment-page.service.ts';

/** What was proposed and agreed with suppliers, one a row. */
export const earlyPaymentsFile = (rows: EarlyPaymentsPage['rows']): CsvFile => ({
  fileName: 'early-payments',
  table: ({ t, stateLabel }) => ({
    columns: [
      { heading: t('early-payment.list.invoice'), kind: 'text', width: 18 },
      { heading: t('early-payment.list.number'), kind: 'text', width: 18 },
      { heading: t('early-payment.list.supplier'), kind: 'text', width: 40 },
      { heading: t('early-payment.list.offered-by'), kind: 'text', width: 12 },
      { heading: t('early-payment.list.pay-on'), kind: 'day', width: 12 },
      { heading: t('early-payment.list.due-on'), kind: 'day', width: 12 },
      { heading: t('early-payment.list.days'), kind: 'text', width: 8 },
      { heading: t('early-payment.list.amount'), kind: 'amount', width: 16 },
      { heading: t('early-payment.list.discount'), kind: 'amount', width: 16 },
      { heading: t('early-payment.list.taken'), kind: 'amount', width: 16 },
      { heading: t('early-payment.list.currency'), kind: 'text', width: 9 },
      { heading: t('early-payment.list.percent'), kind: 'text', width: 12 },
      { heading: t('early-payment.list.state'), kind: 'text', width: 14 },
    ],
    rows: rows.map((row) => [
      row.invoiceReference,
      row.supplierNumber,
      row.supplierName,
      t(`early-payment.by.${row.offeredBy}`),
      row.payOn,
      row.dueOn,
      String(row.days),
      row.baseAmount,
      row.discountAmount,
      row.takenAmount,
      row.currency,
      row.annualPercent,
      stateLabel('early_payment', row.state),
    ]),
  }),
});

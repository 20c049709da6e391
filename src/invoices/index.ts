export { type CreditFacts, getCreditFacts } from './credits/credit-note-page.service.ts';
export { creditNotesRoutes } from './credits/credit-notes.routes.ts';
export {
  answerCreditNote,
  approveCreditNote,
  sendDebitNote,
  submitCreditNote,
} from './credits/credit-notes.service.ts';
export { waitingForCreditNotes } from './credits/credit-notes-waiting.service.ts';
export { decisionRoutes as invoiceDecisionRoutes } from './decisions.routes.ts';
export { approveInvoice, closePaidOrder, payInvoice, rejectInvoice } from './decisions.service.ts';
export { getInvoiceFacts, type InvoiceFacts } from './facts.service.ts';
export type { EnteredInvoice } from './figures.ts';
export type { Invoice, InvoiceState } from './invoice.ts';
export { invoiceFormRoutes } from './invoice-form.routes.ts';
export { invoicesRoutes } from './invoices.routes.ts';
export { acceptExceptions, matchInvoice } from './matching.service.ts';
export { paymentRunRoutes } from './payment-run.routes.ts';
export {
  cancelPaymentRun,
  makePaymentRun,
  takeOutOfRun,
} from './payment-run.service.ts';
export { mayReadAdvice } from './payment-run-page.service.ts';
export { releasePaymentRun } from './payment-run-release.service.ts';
export {
  getPaymentFacts,
  makeRemittanceAdvice,
  type PaymentFacts,
} from './payment-run-remittance.service.ts';
export { paymentResultRoutes } from './payment-run-result.routes.ts';
export { refusePayment, settlePayments } from './payment-run-result.service.ts';
export { waitingForPaymentRuns } from './payment-run-waiting.service.ts';
export { correctInvoice, submitInvoice } from './submission.service.ts';
export { waitingFor } from './waiting.service.ts';

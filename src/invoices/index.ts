export { type CreditFacts, getCreditFacts } from './credits/credit-note-page.service.ts';
export {
  answerCreditNote,
  approveCreditNote,
  sendDebitNote,
  submitCreditNote,
} from './credits/credit-notes.service.ts';
export { waitingForCreditNotes } from './credits/credit-notes-waiting.service.ts';
export {
  makeDebitNoteDocument,
  mayReadCreditNoteDocument,
  remindOfDebitNotes,
} from './credits/debit-notes.service.ts';
export { approveInvoice, closePaidOrder, payInvoice, rejectInvoice } from './decisions.service.ts';
export { passTimeOnEarlyPayment } from './early-payment/early-payment.service.ts';
export { getEarlyPayment, waitingForEarlyPayments } from './early-payment/early-payment-page.service.ts';
export { getInvoiceFacts, type InvoiceFacts } from './facts.service.ts';
export type { EnteredInvoice } from './figures.ts';
export { resumeInspected, waitingForInspection } from './four-way/inspected.service.ts';
export { submitInstalmentInvoice } from './instalments/instalment-invoice.service.ts';
export { mayReadInstalmentDocument } from './instalments/instalments.service.ts';
export { getInstalmentFacts, type InstalmentFacts } from './instalments/instalments-page.service.ts';
export { waitingForInstalments } from './instalments/instalments-waiting.service.ts';
export type { Invoice, InvoiceState } from './invoice.ts';
export { mayReadInvoiceDocument } from './invoice-documents.service.ts';
export { invoicingRoutes } from './invoicing.routes.ts';
export { acceptExceptions, matchInvoice, matchWaiting } from './matching.service.ts';
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
export { refusePayment, settlePayments } from './payment-run-result.service.ts';
export { waitingForPaymentRuns } from './payment-run-waiting.service.ts';
export { askForRelease, releaseDueRetentions, releaseRetention } from './retentions/retentions.service.ts';
export { getRetentionFacts, type RetentionFacts } from './retentions/retentions-page.service.ts';
export { waitingForRetentions } from './retentions/retentions-waiting.service.ts';
export { keepSelfBilledDocument } from './self-billing/self-billed-document.service.ts';
export {
  acceptNextUnanswered,
  makeNextSelfBilled,
  makeSelfBilled,
} from './self-billing/self-billed-invoices.service.ts';
export { selfBillStatement, stateNextMonth } from './self-billing/self-billed-statements.service.ts';
export { endNextSelfBilling } from './self-billing/self-billing-agreements.service.ts';
export {
  getSelfBilledFacts,
  getSelfBillingFacts,
  waitingForSelfBilling,
} from './self-billing/self-billing-page.service.ts';
export { getStatementFacts, type StatementFacts } from './statements/statement-page.service.ts';
export { waitingForStatements } from './statements/statements-waiting.service.ts';
export { correctInvoice, submitInvoice } from './submission.service.ts';
export { waitingForDrafts } from './uploads/drafts-waiting.service.ts';
export { waitingFor } from './waiting.service.ts';

import { permissions } from '../config/permissions.ts';
import { agreementLifecycle } from './agreements/agreement.ts';
import { agreementVersionLifecycle } from './agreements/agreement-version.ts';
import { awardLifecycle } from './awards/award.ts';
import { committeeMemberLifecycle } from './awards/committee.ts';
import { evaluationLifecycle } from './awards/evaluation.ts';
import { objectionLifecycle } from './awards/objection.ts';
import { scoreSheetLifecycle } from './awards/score-sheet.ts';
import { withdrawalLifecycle } from './awards/withdrawal.ts';
import { bidLifecycle } from './bids/bid.ts';
import { despatchAdviceLifecycle } from './deliveries/despatch-advice.ts';
import { dockAppointmentLifecycle } from './deliveries/docks/dock-appointment.ts';
import { goodsReceiptLifecycle } from './deliveries/goods-receipt.ts';
import { nonconformanceLifecycle } from './deliveries/quality/nonconformance.ts';
import { serviceEntryLifecycle } from './deliveries/services/service-entry.ts';
import { disputeLifecycle } from './disputes/dispute.ts';
import { forecastLifecycle } from './forecasts/forecast.ts';
import { creditNoteLifecycle } from './invoices/credits/credit-note.ts';
import { earlyPaymentLifecycle } from './invoices/early-payment/early-payment.ts';
import { instalmentLifecycle } from './invoices/instalments/instalment.ts';
import { invoiceLifecycle } from './invoices/invoice.ts';
import { paymentLifecycle, paymentRunLifecycle } from './invoices/payment-run.ts';
import { retentionLifecycle } from './invoices/retentions/retention.ts';
import { selfBilledInvoiceLifecycle } from './invoices/self-billing/self-billed-invoice.ts';
import { selfBillingAgreementLifecycle } from './invoices/self-billing/self-billing-agreement.ts';
import { statementLifecycle } from './invoices/statements/statement.ts';
import { readAccess } from './kernel/access.ts';
import { purchaseOrderLifecycle } from './orders/purchase-order.ts';
import { requisitionLifecycle } from './requisitions/requisition.ts';
import { amendmentLifecycle } from './sourcing/amendment.ts';
import { sourcingEventLifecycle } from './sourcing/sourcing-event.ts';
import { bankAccountChangeLifecycle } from './suppliers/bank/bank-account-change.ts';
import { qualificationLifecycle } from './suppliers/qualification/qualification.ts';

/** The table of who may do what, read with the lifecycles that its states come from. */
export const access = readAccess(permissions, [
  bankAccountChangeLifecycle,
  qualificationLifecycle,
  agreementLifecycle,
  agreementVersionLifecycle,
  requisitionLifecycle,
  amendmentLifecycle,
  sourcingEventLifecycle,
  bidLifecycle,
  awardLifecycle,
  objectionLifecycle,
  withdrawalLifecycle,
  committeeMemberLifecycle,
  evaluationLifecycle,
  scoreSheetLifecycle,
  purchaseOrderLifecycle,
  despatchAdviceLifecycle,
  dockAppointmentLifecycle,
  goodsReceiptLifecycle,
  serviceEntryLifecycle,
  nonconformanceLifecycle,
  forecastLifecycle,
  invoiceLifecycle,
  instalmentLifecycle,
  retentionLifecycle,
  creditNoteLifecycle,
  earlyPaymentLifecycle,
  selfBillingAgreementLifecycle,
  selfBilledInvoiceLifecycle,
  statementLifecycle,
  paymentRunLifecycle,
  paymentLifecycle,
  disputeLifecycle,
]);

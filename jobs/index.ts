import type { EventJob, ScheduledJob } from '../src/platform/queue/job.ts';
import { job as everyHourPassTimeOnAgreements } from './agreements/every-hour-pass-time-on-agreements.ts';
import { job as onAgreementNews } from './agreements/on-agreement-news.ts';
import { job as onAgreementOffered } from './agreements/on-agreement-offered.ts';
import { job as onAgreementRefused } from './agreements/on-agreement-refused.ts';
import { job as onAgreementSigned } from './agreements/on-agreement-signed.ts';
import { job as onPriceIndexValued } from './agreements/on-price-index-valued.ts';
import { job as everyTenMinutesPassTimeOnApprovals } from './approvals/every-ten-minutes-pass-time-on-approvals.ts';
import { job as onApprovalAsked } from './approvals/on-approval-asked.ts';
import { job as everyDayMailCheckpoint } from './audit/every-day-mail-checkpoint.ts';
import { job as everyDayRemoveOldPageViews } from './audit/every-day-remove-old-page-views.ts';
import { job as everyHourRemindCommittee } from './awards/every-hour-remind-committee.ts';
import { job as everyMinuteEndStandstills } from './awards/every-minute-end-standstills.ts';
import { job as onAwardApproved } from './awards/on-award-approved.ts';
import { job as onAwardNews } from './awards/on-award-news.ts';
import { job as onAwardScenarioRequested } from './awards/on-award-scenario-requested.ts';
import { job as onBidLotExcludedLandBids } from './awards/on-bid-lot-excluded.ts';
import { job as onCommitteeNews } from './awards/on-committee-news.ts';
import { job as onSourcingEventCancelledEndAward } from './awards/on-sourcing-event-cancelled.ts';
import { job as onSourcingEventOpenedLandBids } from './awards/on-sourcing-event-opened.ts';
import { job as everyMinuteRemindBeforeClosing } from './bids/every-minute-remind-before-closing.ts';
import { job as onBidInvalidated } from './bids/on-bid-invalidated.ts';
import { job as onBidReminderIssued } from './bids/on-bid-reminder-issued.ts';
import { job as onBidSubmitted } from './bids/on-bid-submitted.ts';
import { job as onBidWithdrawn } from './bids/on-bid-withdrawn.ts';
import { job as onClarificationAnswered } from './bids/on-clarification-answered.ts';
import { job as onClarificationAsked } from './bids/on-clarification-asked.ts';
import { job as onRescueRequested } from './bids/on-rescue-requested.ts';
import { job as onSourcingEventAmendedSettleBids } from './bids/on-sourcing-event-amended.ts';
import { job as onSourcingEventClosedSealBids } from './bids/on-sourcing-event-closed.ts';
import { job as onSourcingEventRoundStarted } from './bids/on-sourcing-event-round-started.ts';
import { job as everyHourRemindOfNonconformances } from './deliveries/every-hour-remind-of-nonconformances.ts';
import { job as everyHourRemindOfWork } from './deliveries/every-hour-remind-of-work.ts';
import { job as onDespatchAdviceArrived } from './deliveries/on-despatch-advice-arrived.ts';
import { job as onDespatchAdviceCancelled } from './deliveries/on-despatch-advice-cancelled.ts';
import { job as onDespatchAdviceDeparted } from './deliveries/on-despatch-advice-departed.ts';
import { job as onDespatchAdvicePacked } from './deliveries/on-despatch-advice-packed.ts';
import { job as onDespatchAdviceRejected } from './deliveries/on-despatch-advice-rejected.ts';
import { job as onDespatchAdviceSubmitted } from './deliveries/on-despatch-advice-submitted.ts';
import { job as onDockAppointmentSet } from './deliveries/on-dock-appointment-set.ts';
import { job as onGoodsReceiptPosted } from './deliveries/on-goods-receipt-posted.ts';
import { job as onNonconformanceMoved } from './deliveries/on-nonconformance-moved.ts';
import { job as onServiceEntryMoved } from './deliveries/on-service-entry-moved.ts';
import { job as everyTenMinutesPassTime } from './disputes/every-ten-minutes-pass-time.ts';
import { job as onDisputeMoved } from './disputes/on-dispute-moved.ts';
import { job as onMessageWritten } from './disputes/on-message-written.ts';
import { job as everyHourRemindOfForecasts } from './forecasts/every-hour-remind-of-forecasts.ts';
import { job as onForecastMoved } from './forecasts/on-forecast-moved.ts';
import { job as everyFiveMinutesEndDelegations } from './identity/every-five-minutes-end-delegations.ts';
import { job as everyHourExpireRoleRequests } from './identity/every-hour-expire-role-requests.ts';
import { job as everyHourForgetFailedSignIns } from './identity/every-hour-forget-failed-sign-ins.ts';
import { job as everyHourRemoveExpiredSignIns } from './identity/every-hour-remove-expired-sign-ins.ts';
import { job as onDelegationEnded } from './identity/on-delegation-ended.ts';
import { job as onDelegationGiven } from './identity/on-delegation-given.ts';
import { job as onDirectoryChangedPerson } from './identity/on-directory-changed-person.ts';
import { job as onDocumentOver } from './identity/on-document-over.ts';
import { job as onRoleGrantRequestAsked } from './identity/on-role-grant-request-asked.ts';
import { job as onRoleGrantRequestDecided } from './identity/on-role-grant-request-decided.ts';
import { job as onSignedLinkCodeRequested } from './identity/on-signed-link-code-requested.ts';
import { job as onSignedLinkRenewalRequested } from './identity/on-signed-link-renewal-requested.ts';
import { job as onSignedLinkSignInRequested } from './identity/on-signed-link-sign-in-requested.ts';
import { job as onUserAddressChangeRequested } from './identity/on-user-address-change-requested.ts';
import { job as onUserAddressChanged } from './identity/on-user-address-changed.ts';
import { job as onUserAddressReverted } from './identity/on-user-address-reverted.ts';
import { job as onUserLinkRequested } from './identity/on-user-link-requested.ts';
import { job as onUserNewDevice } from './identity/on-user-new-device.ts';
import { job as onUserRoleGranted } from './identity/on-user-role-granted.ts';
import { job as everyHourMakeSelfBilledInvoices } from './invoices/every-hour-make-self-billed-invoices.ts';
import { job as everyHourPassTimeOnEarlyPayments } from './invoices/every-hour-pass-time-on-early-payments.ts';
import { job as everyHourReleaseRetentions } from './invoices/every-hour-release-retentions.ts';
import { job as everyHourRemindOfDebitNotes } from './invoices/every-hour-remind-of-debit-notes.ts';
import { job as onCreditNoteMoved } from './invoices/on-credit-note-moved.ts';
import { job as onDebitNoteSent } from './invoices/on-debit-note-sent.ts';
import { job as onEarlyPaymentMoved } from './invoices/on-early-payment-moved.ts';
import { job as onGoodsReceiptPostedSelfBill } from './invoices/on-goods-receipt-posted.ts';
import { job as onInstalmentMoved } from './invoices/on-instalment-moved.ts';
import { job as onInvoiceApprovalRequested } from './invoices/on-invoice-approval-requested.ts';
import { job as onInvoiceApproved } from './invoices/on-invoice-approved.ts';
import { job as onInvoiceCorrected } from './invoices/on-invoice-corrected.ts';
import { job as onInvoiceExceptionRaised } from './invoices/on-invoice-exception-raised.ts';
import { job as onInvoicePaid } from './invoices/on-invoice-paid.ts';
import { job as onInvoiceRejected } from './invoices/on-invoice-rejected.ts';
import { job as onInvoiceSubmitted } from './invoices/on-invoice-submitted.ts';
import { job as onNonconformanceSent } from './invoices/on-nonconformance-sent.ts';
import { job as onPaymentOrdered } from './invoices/on-payment-ordered.ts';
import { job as onPaymentPaid } from './invoices/on-payment-paid.ts';
import { job as onOrderClosedShort } from './invoices/on-purchase-order-closed-short.ts';
import { job as onReceiptInspected } from './invoices/on-receipt-inspected.ts';
import { job as onRetentionMoved } from './invoices/on-retention-moved.ts';
import { job as onSelfBilledStatementConfirmed } from './invoices/on-self-billed-statement-confirmed.ts';
import { job as onSelfBilledSubmitted } from './invoices/on-self-billed-submitted.ts';
import { job as onSelfBillingMoved } from './invoices/on-self-billing-moved.ts';
import { job as onStatementMoved } from './invoices/on-statement-moved.ts';
import { job as onNotificationQueued } from './notifications/on-notification-queued.ts';
import { job as everyTenMinutesPassTimeOnAnswers } from './orders/every-ten-minutes-pass-time-on-answers.ts';
import { job as onAwardApprovedOrder } from './orders/on-award-approved.ts';
import { job as onAwardWithdrawn } from './orders/on-award-withdrawn.ts';
import { job as onChangeOrderAccepted } from './orders/on-change-order-accepted.ts';
import { job as onOrderChangeNews } from './orders/on-order-change-news.ts';
import { job as onOrderMailDelivered } from './orders/on-order-mail-delivered.ts';
import { job as onPurchaseOrderAcknowledged } from './orders/on-purchase-order-acknowledged.ts';
import { job as onPurchaseOrderAnswered } from './orders/on-purchase-order-answered.ts';
import { job as onPurchaseOrderClosedShort } from './orders/on-purchase-order-closed-short.ts';
import { job as onPurchaseOrderDecided } from './orders/on-purchase-order-decided.ts';
import { job as onPurchaseOrderDocumentMade } from './orders/on-purchase-order-document-made.ts';
import { job as onPurchaseOrderIssued } from './orders/on-purchase-order-issued.ts';
import { job as onReportExportFinished } from './reports/on-report-export-finished.ts';
import { job as onReportExportRequested } from './reports/on-report-export-requested.ts';
import { job as onGoodsReceiptPostedRequisitions } from './requisitions/on-goods-receipt-posted.ts';
import { job as onInvoiceApprovedRequisitions } from './requisitions/on-invoice-approved.ts';
import { job as onRequisitionDecided } from './requisitions/on-requisition-decided.ts';
import { job as everyFiveSecondsCloseDueEvents } from './sourcing/every-five-seconds-close-due-events.ts';
import { job as onAmendmentApprovalRequested } from './sourcing/on-amendment-approval-requested.ts';
import { job as onEnquiryAsked } from './sourcing/on-enquiry-asked.ts';
import { job as onEnquiryResponseGiven } from './sourcing/on-enquiry-response-given.ts';
import { job as onInvitationIssued } from './sourcing/on-invitation-issued.ts';
import { job as onInvitationUninvited } from './sourcing/on-invitation-uninvited.ts';
import { job as onSourcingEventAmended } from './sourcing/on-sourcing-event-amended.ts';
import { job as onSourcingEventApprovalRequested } from './sourcing/on-sourcing-event-approval-requested.ts';
import { job as onSourcingEventApproved } from './sourcing/on-sourcing-event-approved.ts';
import { job as onSourcingEventCancelled } from './sourcing/on-sourcing-event-cancelled.ts';
import { job as onSourcingEventClosed } from './sourcing/on-sourcing-event-closed.ts';
import { job as onSourcingEventClosingExtended } from './sourcing/on-sourcing-event-closing-extended.ts';
import { job as onSourcingEventDeclaredUnsuccessful } from './sourcing/on-sourcing-event-declared-unsuccessful.ts';
import { job as onSourcingEventExtendedForOutage } from './sourcing/on-sourcing-event-extended-for-outage.ts';
import { job as onSourcingEventPaused } from './sourcing/on-sourcing-event-paused.ts';
import { job as onSourcingEventReopened } from './sourcing/on-sourcing-event-reopened.ts';
import { job as onSourcingEventResumed } from './sourcing/on-sourcing-event-resumed.ts';
import { job as onSourcingEventReturned } from './sourcing/on-sourcing-event-returned.ts';
import { job as everyHourMindQualifications } from './suppliers/every-hour-mind-qualifications.ts';
import { job as everyMinuteActivateDueBankAccounts } from './suppliers/every-minute-activate-due-bank-accounts.ts';
import { job as everyMinuteCompleteDueRecoveries } from './suppliers/every-minute-complete-due-recoveries.ts';
import { job as onBankAccountChange } from './suppliers/on-bank-account-change.ts';
import { job as onQualificationNews } from './suppliers/on-qualification-news.ts';
import { job as onSupplierContactAdded } from './suppliers/on-supplier-contact-added.ts';
import { job as onSupplierContactDeactivated } from './suppliers/on-supplier-contact-deactivated.ts';
import { job as onSupplierContactInvited } from './suppliers/on-supplier-contact-invited.ts';
import { job as onSupplierRecovery } from './suppliers/on-supplier-recovery.ts';

/** Everything that happens without a click, after an act. */
export const eventJobs: readonly EventJob[] = [
  onUserAddressChangeRequested,
  onUserAddressChanged,
  onUserAddressReverted,
  onDelegationEnded,
  onDelegationGiven,
  onUserLinkRequested,
  onUserNewDevice,
  onDocumentOver,
  onSignedLinkCodeRequested,
  onSignedLinkRenewalRequested,
  onSignedLinkSignInRequested,
  onRoleGrantRequestAsked,
  onRoleGrantRequestDecided,
  onUserRoleGranted,
  onDirectoryChangedPerson,
  onBankAccountChange,
  onQualificationNews,
  onSupplierContactAdded,
  onSupplierContactDeactivated,
  onSupplierContactInvited,
  onSupplierRecovery,
  onApprovalAsked,
  onInvoiceApprovedRequisitions,
  onRequisitionDecided,
  onGoodsReceiptPostedRequisitions,
  onInvitationIssued,
  onEnquiryAsked,
  onEnquiryResponseGiven,
  onSourcingEventApprovalRequested,
  onSourcingEventApproved,
  onAmendmentApprovalRequested,
  onBidInvalidated,
  onSourcingEventRoundStarted,
  onSourcingEventAmendedSettleBids,
  onSourcingEventAmended,
  onInvitationUninvited,
  onSourcingEventCancelled,
  onSourcingEventExtendedForOutage,
  onSourcingEventReopened,
  onSourcingEventClosed,
  onSourcingEventClosingExtended,
  onSourcingEventDeclaredUnsuccessful,
  onSourcingEventPaused,
  onSourcingEventResumed,
  onSourcingEventReturned,
  onAgreementNews,
  onAgreementOffered,
  onAgreementRefused,
  onAgreementSigned,
  onPriceIndexValued,
  onAwardApproved,
  onAwardNews,
  onCommitteeNews,
  onAwardScenarioRequested,
  onSourcingEventCancelledEndAward,
  onBidLotExcludedLandBids,
  onSourcingEventOpenedLandBids,
  onBidReminderIssued,
  onClarificationAsked,
  onClarificationAnswered,
  onBidSubmitted,
  onBidWithdrawn,
  onRescueRequested,
  onSourcingEventClosedSealBids,
  onDisputeMoved,
  onMessageWritten,
  onNotificationQueued,
  onAwardApprovedOrder,
  onAwardWithdrawn,
  onOrderMailDelivered,
  onPurchaseOrderAcknowledged,
  onPurchaseOrderAnswered,
  onChangeOrderAccepted,
  onOrderChangeNews,
  onPurchaseOrderClosedShort,
  onPurchaseOrderDecided,
  onPurchaseOrderDocumentMade,
  onPurchaseOrderIssued,
  onDespatchAdvicePacked,
  onDespatchAdviceSubmitted,
  onNonconformanceMoved,
  onDespatchAdviceCancelled,
  onDespatchAdviceDeparted,
  onDespatchAdviceArrived,
  onDespatchAdviceRejected,
  onDockAppointmentSet,
  onServiceEntryMoved,
  onGoodsReceiptPosted,
  onForecastMoved,
  onReportExportRequested,
  onReportExportFinished,
  onInvoiceApprovalRequested,
  onInvoiceApproved,
  onInvoiceCorrected,
  onInvoiceExceptionRaised,
  onInvoicePaid,
  onCreditNoteMoved,
  onDebitNoteSent,
  onReceiptInspected,
  onEarlyPaymentMoved,
  onGoodsReceiptPostedSelfBill,
  onSelfBilledStatementConfirmed,
  onSelfBilledSubmitted,
  onSelfBillingMoved,
  onInvoiceRejected,
  onInvoiceSubmitted,
  onNonconformanceSent,
  onOrderClosedShort,
  onInstalmentMoved,
  onRetentionMoved,
  onStatementMoved,
  onPaymentOrdered,
  onPaymentPaid,
];

/** Everything that happens by the clock. */
export const scheduledJobs: readonly ScheduledJob[] = [
  everyHourMindQualifications,
  everyDayMailCheckpoint,
  everyDayRemoveOldPageViews,
  everyFiveSecondsCloseDueEvents,
  everyHourExpireRoleRequests,
  everyHourPassTimeOnAgreements,
  everyHourPassTimeOnEarlyPayments,
  everyHourMakeSelfBilledInvoices,
  everyHourReleaseRetentions,
  everyHourRemindCommittee,
  everyHourForgetFailedSignIns,
  everyFiveMinutesEndDelegations,
  everyHourRemoveExpiredSignIns,
  everyMinuteActivateDueBankAccounts,
  everyMinuteCompleteDueRecoveries,
  everyMinuteEndStandstills,
  everyMinuteRemindBeforeClosing,
  everyHourRemindOfNonconformances,
  everyHourRemindOfDebitNotes,
  everyHourRemindOfWork,
  everyHourRemindOfForecasts,
  everyTenMinutesPassTime,
  everyTenMinutesPassTimeOnAnswers,
  everyTenMinutesPassTimeOnApprovals,
];

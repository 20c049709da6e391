import { job as onAwardApproved } from './awards/on-award-approved.ts';
import { job as everyHourRemoveExpiredSignIns } from './identity/every-hour-remove-expired-sign-ins.ts';
import { job as onNotificationQueued } from './notifications/on-notification-queued.ts';
import { job as onAwardApprovedOrder } from './orders/on-award-approved.ts';
import { job as onPurchaseOrderAcknowledged } from './orders/on-purchase-order-acknowledged.ts';
import { job as onPurchaseOrderDocumentMade } from './orders/on-purchase-order-document-made.ts';
import { job as onPurchaseOrderIssued } from './orders/on-purchase-order-issued.ts';
import type { EventJob, ScheduledJob } from '../src/platform/queue/job.ts';

/** Everything that happens without a click, after an act. */
export const eventJobs: readonly EventJob[] = [
  onAwardApproved,
  onNotificationQueued,
  onAwardApprovedOrder,
  onPurchaseOrderAcknowledged,
  onPurchaseOrderDocumentMade,
  onPurchaseOrderIssued,
];

/** Everything that happens by the clock. */
export const scheduledJobs: readonly ScheduledJob[] = [everyHourRemoveExpiredSignIns];

import { record, type TimelineEntry, timelineOf } from '../audit/index.ts';
import { findUser } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { lockOrder } from './orders.service.ts';

const TAKEN = 'purchase_order.mail-taken';
const FAILED = 'purchase_order.mail-failed';

/** How one of the order's mails went. Each notification is noted once, however often it is told. */
export async function noteOrderMail(
  ctx: Ctx,
  of: { orderId: string; userId: string; notificationId: string; isTaken: boolean },
): Promise<void> {
  const order = await lockOrder(ctx, of.orderId);
  const action = of.isTaken ? TAKEN : FAILED;
  const isNoted = (await timelineOf(ctx, order.id)).some(
    (entry) => entry.action === action && entry.changes['notificationId'] === of.notificationId,
  );
  if (isNoted) return;
  const recipient = found('user', await findUser(ctx, of.userId));
  await record(ctx, {
    action,
    subject: { type: 'purchase_order', id: order.id },
    changes: {
      reference: order.reference,
      version: order.currentVersion,
      notificationId: of.notificationId,
      recipient: recipient.name,
    },
  });
}

/** Who has the order, as far as anybody can prove it. */
export type ProofOfDelivery = {
  readonly mails: readonly { readonly name: string; readonly at: Date; readonly isTaken: boolean }[];
  readonly openings: readonly { readonly name: string | null; readonly at: Date }[];
};

export const isOfProof = ({ action }: TimelineEntry): boolean => action === TAKEN || action === FAILED;

/** What an order's timeline proves: which mails were taken by a mail server, and who opened it by the link in one. */
export const proofIn = (timeline: readonly TimelineEntry[]): ProofOfDelivery => ({
  mails: timeline.filter(isOfProof).map(({ action, at, changes }) => ({
    name: typeof changes['recipient'] === 'string' ? changes['recipient'] : '',
    at,
    isTaken: action === TAKEN,
  })),
  openings: timeline
    .filter(({ action }) => action === 'signed_link.opened')
    .map(({ actorName, at }) => ({ name: actorName, at })),
});

import { record, recordAll } from '../audit/index.ts';
import { findAbsences } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './notification.store.ts';
import {
  type LinkToDocument,
  type Notification,
  type NotificationFact,
  type NotificationParams,
  notificationLifecycle,
} from './notification.ts';

/** What to tell whom about which act. */
export type Message = {
  /** The act's event row: nobody is told twice about one act with one template. */
  readonly eventId: string;
  readonly userIds: readonly string[];
  readonly template: string;
  readonly params: NotificationParams;
  readonly facts?: readonly NotificationFact[];
  readonly link: string;
  /** A file to attach; it must have been released when the mail goes out. */
  readonly documentId?: string | null;
  /** The mail's button signs a supplier's user in who has no password yet. */
  readonly signInLink?: boolean;
  /** The mail has a second button, by which a supplier's user opens this document without signing in. */
  readonly signedLink?: LinkToDocument | null;
  /** For these people only: else who acts for one of them in its absence is told too. */
  readonly isPersonal?: boolean;
  /** Who is not told, though it acts for somebody who is: the work is its own. */
  readonly exceptDelegates?: readonly (string | null)[];
};

/** Tells each of these users once, under the bell and by mail. Safe to repeat: who was told is left out. */
export async function notify(ctx: Ctx, message: Message): Promise<void> {
  if (message.userIds.length === 0) return;
  const recipients = [
    ...[...new Set(message.userIds)].map((userId) => ({ userId, facts: message.facts ?? [] })),
    ...(message.isPersonal === true ? [] : await findDelegates(ctx, message)),
  ];
  const notifications = recipients.map(({ userId, facts }) => ({
    id: newId(),
    eventId: message.eventId,
    userId,
    template: message.template,
    params: message.params,
    facts,
    link: message.link,
    hasSignInLink: message.signInLink ?? false,
    signedLink: message.signedLink ?? null,
    documentId: message.documentId ?? null,
    createdAt: ctx.now,
  }));
  const ids = await store.insertNotifications(ctx.tx, notifications);
  await recordAll(
    ctx,
    ids.map((id) => ({
      action: 'notification.queued',
      subject: { type: 'notification', id },
      to: 'queued',
      changes: { template: message.template, eventId: message.eventId },
    })),
  );
}

/** Who acts for one of the recipients in its absence, and is not told anyway; the first line says for whom. */
async function findDelegates(
  ctx: Ctx,
  message: Message,
): Promise<{ userId: string; facts: readonly NotificationFact[] }[]> {
  const told = new Set<string | null>([...message.userIds, ...(message.exceptDelegates ?? [])]);
  const absences = (await findAbsences(ctx, message.userIds)).filter((one) => !told.has(one.delegateId));
  const byDelegate = new Map(absences.map((one) => [one.delegateId, one]));
  return [...byDelegate.values()].map((one) => ({
    userId: one.delegateId,
    facts: [{ label: 'delegation.fact.for', value: one.principalName }, ...(message.facts ?? [])],
  }));
}

/** How the mail of a notification went. A notification that is sent stays sent: the same mail was tried twice. */
export async function recordDelivery(
  ctx: Ctx,
  of: { notificationId: string; action: 'send' | 'fail'; failure: string | null },
): Promise<void> {
  const notification = found('notification', await store.lockNotification(ctx.tx, of.notificationId));
  if (notificationLifecycle.isTerminal(notification.state)) return;
  const to = notificationLifecycle.next(notification.state, of.action);
  await store.saveDelivery(ctx.tx, { id: notification.id, state: to, failure: of.failure, at: ctx.now });
  // Each further failed try is in the queue's own count, not in the record.
  if (to === notification.state) return;
  await record(ctx, {
    action: `notification.${to}`,
    subject: { type: 'notification', id: notification.id },
    from: notification.state,
    to,
    // What whoever has to prove a delivery asks for.
    changes: { template: notification.template, link: notification.link, userId: notification.userId },
  });
}

/** @throws AppError `notification.not-found` */
export const getNotification = async (ctx: Ctx, id: string): Promise<Notification> =>
  found('notification', await store.findNotification(ctx.tx, id));

/** Marks the reader's own notification as read; gives the path it leads to.
 * @throws AppError `notification.not-found`, also for somebody else's */
export async function readNotification(ctx: Ctx, id: string): Promise<string> {
  const userId = found('notification', ctx.actor.userId);
  return found('notification', await store.saveReading(ctx.tx, { id, userId, at: ctx.now })).link;
}

/** Marks all of the reader's own notifications as read. */
export async function readAllNotifications(ctx: Ctx): Promise<void> {
  if (ctx.actor.userId !== null)
    await store.saveAllReadings(ctx.tx, { userId: ctx.actor.userId, at: ctx.now });
}

/** Hands what somebody who left has not read to whoever takes over. Mails that went out stay where they are. */
export const passOnUnread = (ctx: Ctx, of: { from: string; to: string }): Promise<void> =>
  store.saveNewReader(ctx.tx, of);

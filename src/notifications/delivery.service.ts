import { buffer } from 'node:stream/consumers';
import { openDocument } from '../documents/index.ts';
import {
  asksToSignIn,
  findAccount,
  issueSignedLink,
  issueSignInLink,
  linkHours,
  type User,
} from '../identity/index.ts';
import { system } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Mail } from '../platform/mail/mailer.ts';
import type { JobHouse } from '../platform/queue/job.ts';
import type { Notification } from './notification.ts';
import { plainText, writeMail } from './notification-mail.ts';
import { getNotification, recordDelivery } from './notifications.service.ts';

const who = { actor: system('notifications/on-notification-queued') };

/**
 * Mails a notification to its recipient, and does nothing for one that is sent. The mail goes out between two
 * transactions: killed in between, it goes out again under the same message id.
 * @throws whatever the mailer threw, after it was noted
 */
export async function deliverNotification(house: JobHouse, notificationId: string): Promise<void> {
  const note = (action: 'send' | 'fail', failure: string | null) =>
    house.runInTx(who, (ctx) => recordDelivery(ctx, { notificationId, action, failure }));
  try {
    const mail = await house.runInTx(who, (ctx) => prepareMail(ctx, house, notificationId));
    if (mail === 'sent already') return;
    if (mail === 'nobody to send to') return void (await note('fail', mail));
    await house.mailer.send(mail);
  } catch (error) {
    await note('fail', error instanceof Error ? error.message : String(error));
    throw error;
  }
  await note('send', null);
}

async function prepareMail(
  ctx: Ctx,
  house: JobHouse,
  notificationId: string,
): Promise<Mail | 'sent already' | 'nobody to send to'> {
  const notification = await getNotification(ctx, notificationId);
  if (notification.state === 'sent') return 'sent already';
  const recipient = found('user', await findAccount(ctx, notification.userId));
  if (!recipient.isActive) return 'nobody to send to';
  const isPersonalLink =
    notification.hasSignInLink &&
    recipient.kind === 'supplier' &&
    (!recipient.hasPassword || asksToSignIn(notification.template));
  const words = writeMail(house.catalogue, notification, {
    reader: recipient,
    companyName: recipient.locale === 'zh-CN' ? ctx.policies.company.nameLocal : ctx.policies.company.name,
    url: house.origin + (isPersonalLink ? await personalPath(ctx, notification) : notification.link),
    personalLinkHours: isPersonalLink ? linkHours(notification.template) : null,
    hasFile: notification.documentId !== null,
    signed: await signedLinkOf(ctx, { notification, recipient, origin: house.origin }),
  });
  return {
    to: { name: recipient.name, address: recipient.email },
    subject: words.subject,
    text: plainText(words),
    html: house.renderView('emails/_layout', words),
    messageId: `<${notification.id}@${new URL(house.origin).hostname}>`,
    attachments: await attachmentsOf(ctx, notification),
  };
}

/** Made anew for each try, because only the mail ever holds the token. */
async function personalPath(ctx: Ctx, notification: Notification): Promise<string> {
  const token = await issueSignInLink(ctx, {
    userId: notification.userId,
    purpose: notification.template,
    returnTo: notification.link,
  });
  return `/sign-in/link/${token}`;
}

/** The way to the one document without signing in, made anew for each try like the personal one. */
async function signedLinkOf(
  ctx: Ctx,
  of: { notification: Notification; recipient: User; origin: string },
): Promise<{ url: string; reference: string; until: Date } | null> {
  const wanted = of.notification.signedLink;
  if (wanted === null) return null;
  const endsAt = wanted.endsAt === null ? null : new Date(wanted.endsAt);
  const issued = await issueSignedLink(ctx, { ...wanted, endsAt, user: of.recipient });
  if (issued === null) return null;
  return { url: `${of.origin}/l/${issued.token}`, reference: wanted.reference, until: issued.expiresAt };
}

async function attachmentsOf(ctx: Ctx, { documentId }: Notification): Promise<Mail['attachments']> {
  if (documentId === null) return [];
  const { document, content } = await openDocument(ctx, documentId);
  return [{ fileName: document.fileName, mediaType: document.mediaType, content: await buffer(content) }];
}

import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mailer.ts';

/** Neither a template nor a file name can make the mailer read a file or a page. */
export const readNothing = { disableFileAccess: true, disableUrlAccess: true } as const;

/** The mail as nodemailer wants it, the same for every way of sending. */
export const compose = (from: string, mail: Mail): SendMailOptions => ({
  from,
  to: mail.to,
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  messageId: mail.messageId,
  // Holiday answers to a portal help nobody.
  headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  attachments: mail.attachments.map((file) => ({
    filename: file.fileName,
    contentType: file.mediaType,
    content: Buffer.from(file.content),
  })),
  ...readNothing,
});

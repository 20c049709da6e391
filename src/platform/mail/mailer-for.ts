import type { Database } from '../db/database.ts';
import { mailboxMailer } from './mailbox-mailer.ts';
import type { Mailer } from './mailer.ts';
import { smtpMailer } from './smtp-mailer.ts';

/** The one place that chooses: a mail server when one is set, else the built-in mailbox. */
export const mailerFor = (settings: { smtpUrl: string | null; mailFrom: string }, db: Database): Mailer =>
  settings.smtpUrl === null
    ? mailboxMailer({ db, from: settings.mailFrom })
    : smtpMailer({ url: settings.smtpUrl, from: settings.mailFrom });

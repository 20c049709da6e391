import { createTransport } from 'nodemailer';
import { newId } from '../../kernel/id.ts';
import type { Database } from '../db/database.ts';
import { compose, readNothing } from './compose.ts';
import type { Mailer } from './mailer.ts';

/**
 * Keeps mail in the database instead of sending it: the real message, once for each message id. `readNow` is
 * for mail of another time than now.
 */
export function mailboxMailer(settings: {
  db: Database;
  from: string;
  readNow?: () => Promise<Date>;
}): Mailer {
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...readNothing,
  });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(compose(settings.from, mail));
      await settings.db.raw(
        `INSERT INTO mailbox_message (id, message_id, at, to_address, to_name, subject, raw)
         VALUES (?, ?, coalesce(?, clock_timestamp()), ?, ?, ?, ?)
         ON CONFLICT (message_id) DO NOTHING`,
        [
          newId(),
          mail.messageId,
          (await settings.readNow?.()) ?? null,
          mail.to.address,
          mail.to.name,
          mail.subject,
          message as Buffer,
        ],
      );
    },
  };
}

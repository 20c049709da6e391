import { createTransport } from 'nodemailer';
import { compose, readNothing } from './compose.ts';
import type { Mailer } from './mailer.ts';

/**
 * Sends through a mail server. A server that does not answer within the timeouts is a failed try; the queue
 * tries again. `url` is `smtp://user:password@host:587` or `smtps://…`; `from` is `Name <address>`.
 */
export function smtpMailer(settings: { url: string; from: string }): Mailer {
  const transport = createTransport({
    url: settings.url,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    dnsTimeout: 10_000,
    ...readNothing,
  });
  return {
    async send(mail) {
      await transport.sendMail(compose(settings.from, mail));
    },
  };
}

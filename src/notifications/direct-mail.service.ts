import type { Ctx } from '../platform/db/context.ts';
import type { JobHouse } from '../platform/queue/job.ts';
import type { NotificationFact, NotificationParams, Reader } from './notification.ts';
import { plainText, writeMail } from './notification-mail.ts';

/** A mail to an address that is not, or no longer, the one of an account: no bell rings for it. */
export type DirectMail = {
  readonly to: { readonly name: string; readonly address: string };
  readonly reader: Reader;
  readonly template: string;
  readonly params: NotificationParams;
  readonly facts?: readonly NotificationFact[];
  /** A path of ours, with its token where it has one. */
  readonly path: string;
  /** Of the act that is told of: the same mail tried twice has one id. */
  readonly messageId: string;
};

/** Sends a mail that `prepare` makes in a transaction of its own; null is nothing to send. */
export async function sendDirectMail(
  house: JobHouse,
  who: Parameters<JobHouse['runInTx']>[0],
  prepare: (ctx: Ctx) => Promise<DirectMail | null>,
): Promise<void> {
  const mail = await house.runInTx(who, async (ctx) => {
    const made = await prepare(ctx);
    if (made === null) return null;
    const { company } = ctx.policies;
    const words = writeMail(
      house.catalogue,
      { template: made.template, params: made.params, facts: made.facts ?? [] },
      {
        reader: made.reader,
        companyName: made.reader.locale === 'zh-CN' ? company.nameLocal : company.name,
        url: house.origin + made.path,
        personalLinkHours: null,
        hasFile: false,
      },
    );
    return {
      to: made.to,
      subject: words.subject,
      text: plainText(words),
      html: house.renderView('emails/_layout', words),
      messageId: `<${made.messageId}@${new URL(house.origin).hostname}>`,
      attachments: [],
    };
  });
  if (mail !== null) await house.mailer.send(mail);
}

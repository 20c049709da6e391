import { forgetMailedCode, openCodeToMail } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { type MailWords, plainText } from '../../src/notifications/index.ts';
import type { Mail } from '../../src/platform/mail/mailer.ts';
import type { EventJob, JobHouse } from '../../src/platform/queue/job.ts';

const name = 'identity/on-signed-link-code-requested';
const who = { actor: system(name) };

/**
 * Mails a one-time code, under no bell and in no list: only the mail ever says it, and after it nothing here can.
 * Idempotent: a code that was mailed is forgotten; killed in between, the same mail goes out under the same id.
 */
export const job: EventJob = {
  name,
  on: ['signed_link.code-requested'],
  queue: 'mail',
  async run(house, event) {
    const mail = await prepareMail(house, event.subjectId);
    if (mail === null) return;
    await house.mailer.send(mail);
    await house.runInTx(who, (ctx) => forgetMailedCode(ctx, event.subjectId));
  },
};

const prepareMail = (house: JobHouse, codeId: string): Promise<Mail | null> =>
  house.runInTx(who, async (ctx) => {
    const waiting = await openCodeToMail(ctx, codeId);
    if (waiting === null) return null;
    const { recipient, reference } = waiting;
    const { company } = ctx.policies;
    const companyName = recipient.locale === 'zh-CN' ? company.nameLocal : company.name;
    const t = house.catalogue.translator(recipient.locale);
    const act = t(`signed-link.act.${waiting.act}`, { reference, name: recipient.name });
    const words: MailWords = {
      locale: recipient.locale,
      companyName,
      subject: t('mail.one-time-code.subject', { reference }),
      heading: t('mail.one-time-code.heading'),
      paragraphs: t('mail.one-time-code.body', { reference, act, minutes: waiting.minutes }).split(/\n{2,}/),
      facts: [],
      action: null,
      second: null,
      code: waiting.code.replace(/^(\d{3})/, '$1 '),
      notes: [t('mail.one-time-code.not-you', { company: companyName })],
    };
    return {
      to: { name: recipient.name, address: recipient.email },
      subject: words.subject,
      text: plainText(words),
      html: house.renderView('emails/_layout', words),
      messageId: `<${codeId}@${new URL(house.origin).hostname}>`,
      attachments: [],
    };
  });

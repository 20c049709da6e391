import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { type Database, openDatabase } from '../../../src/platform/db/database.ts';
import { mailboxMailer } from '../../../src/platform/mail/mailbox-mailer.ts';
import type { Mail, Mailer } from '../../../src/platform/mail/mailer.ts';
import { smtpMailer } from '../../../src/platform/mail/smtp-mailer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const from = 'Portico <portal@hailan.example>';
const mail: Mail = {
  to: { name: '王伟, 海岚', address: 'wang@supplier.example' },
  subject: '询价单 RFQ-2026-0042 已发布 – please bid',
  text: 'Text with äöü and 中文.\n',
  html: '<p>HTML with <b>中文</b></p>',
  messageId: '<0198c5d2@portal.hailan.example>',
  attachments: [
    {
      fileName: '采购订单 PO-1.pdf',
      mediaType: 'application/pdf',
      content: new Uint8Array([37, 80, 68, 70, 0, 255]),
    },
  ],
};

type Outbox = { mailer: Mailer; received(): Promise<readonly Email[]>; close(): Promise<void> };

// One contract for both: what arrives is what was sent.
for (const [name, open] of [
  ['a mail server', openSmtp],
  ['the built-in mailbox', openMailbox],
] as const)
  describe(`sending mail to ${name}`, () => {
    let outbox: Outbox;
    beforeEach(async () => {
      outbox = await open();
    });
    afterEach(() => outbox.close());

    it('delivers names, texts and files in every script as they were written', async () => {
      await outbox.mailer.send(mail);
      const [arrived] = await outbox.received();
      expect(arrived?.to?.[0]).to.include({ name: mail.to.name, address: mail.to.address });
      expect(arrived?.from).to.include({ name: 'Portico', address: 'portal@hailan.example' });
      expect(arrived?.subject).to.equal(mail.subject);
      expect(arrived?.text?.trim()).to.equal(mail.text.trim());
      expect(arrived?.html?.trim()).to.equal(mail.html);
      expect(arrived?.messageId).to.equal(mail.messageId);
      const file = arrived?.attachments[0];
      expect(file).to.include({ filename: '采购订单 PO-1.pdf', mimeType: 'application/pdf' });
      expect([...new Uint8Array(file?.content as ArrayBuffer)]).to.deep.equal([37, 80, 68, 70, 0, 255]);
    });

    it('asks holiday responders to stay silent', async () => {
      await outbox.mailer.send(mail);
      const [arrived] = await outbox.received();
      expect(arrived?.headers.find((header) => header.key === 'auto-submitted')?.value).to.equal(
        'auto-generated',
      );
    });

    it('does not let a subject add headers', async () => {
      await outbox.mailer.send({ ...mail, subject: 'Order\r\nBcc: thief@example.com' });
      const [arrived] = await outbox.received();
      expect(arrived?.headers.map((header) => header.key)).not.to.include('bcc');
      expect(arrived?.bcc ?? []).to.have.length(0);
    });
  });

describe('sending mail that goes wrong', () => {
  it('fails when the mail server refuses the recipient, so that the queue tries again', async () => {
    const outbox = await openSmtp({ refuse: true });
    const refused = await outbox.mailer.send(mail).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error).with.property('message').that.includes('no such person');
    expect(await outbox.received()).to.have.length(0);
    await outbox.close();
  });

  it('fails when no mail server is there', async () => {
    const refused = await smtpMailer({ url: 'smtp://127.0.0.1:9', from })
      .send(mail)
      .catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error);
  });

  it('keeps a mail once in the mailbox, however often it is sent', async () => {
    const outbox = await openMailbox();
    await outbox.mailer.send(mail);
    await outbox.mailer.send(mail);
    expect(await outbox.received()).to.have.length(1);
    await outbox.close();
  });
});

async function openSmtp({ refuse = false } = {}): Promise<Outbox> {
  const taken: Buffer[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refuse ? new Error('no such person') : null),
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        taken.push(Buffer.concat(chunks));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return {
    mailer: smtpMailer({ url: `smtp://127.0.0.1:${port}`, from }),
    received: () => Promise.all(taken.map((raw) => PostalMime.parse(raw))),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function openMailbox(): Promise<Outbox> {
  const database: TestDatabase = await createTestDatabase();
  const db: Database = openDatabase({ url: database.url, poolMax: 2, applicationName: 'test-mailbox' });
  return {
    mailer: mailboxMailer({ db, from }),
    async received() {
      const rows = await db('mailbox_message').select<{ raw: Buffer }[]>('raw').orderBy('at');
      return Promise.all(rows.map((row) => PostalMime.parse(row.raw)));
    },
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}

import type { Request } from 'express';
import PostalMime, { type Attachment, type Email } from 'postal-mime';
import { z } from 'zod';
import { system } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { findMail, findRawMail } from './mailbox.queries.ts';

// A mail is a stranger's page: it may be looked at, its links may be followed, and nothing else.
const MAIL_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
const FILE_CSP = "sandbox; default-src 'none'";
const mailboxFilter = z.object({
  recipient: z.string().trim().max(200).default(''),
  after: z.string().max(200).optional(),
});

/** Whoever opens it reads everybody's mail, which no role of the pages may. */
const reader = { actor: system('notifications/mailbox') };

/**
 * The mail of an installation without a mail server. Mounted for trying only: whoever opens it reads
 * everybody's mail and can use the links in it.
 */
export function mailboxRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const openMail = async (req: Request): Promise<{ id: string; at: Date; mail: Email }> => {
    const id = idParam(req, 'messageId');
    const { at, raw } = found('message', await web.runInTx(reader, (ctx) => findRawMail(ctx, id)));
    return { id, at, mail: await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' }) };
  };

  router.get('/mailbox', 'anyone', async (req, res) => {
    const { recipient } = parseForm(mailboxFilter, req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(reader, (ctx) => findMail(ctx, { recipient, page: request }));
    await web.showPage(res, 'notifications/mailbox', {
      titleKey: 'mailbox.title',
      mails: page.rows,
      nextCursor: page.nextCursor,
      isFirst: request.after === null,
      query: recipient === '' ? {} : { recipient },
      recipient,
    });
  });

  router.get('/mailbox/:messageId', 'anyone', async (req, res) => {
    const { id, at, mail } = await openMail(req);
    await web.showPage(res, 'notifications/mail', {
      title: mail.subject ?? '',
      id,
      sentAt: at,
      subject: mail.subject ?? '',
      from: addressOf(mail.from),
      to: (mail.to ?? []).map(addressOf).join(', '),
      text: mail.text ?? '',
      files: mail.attachments.map((file, index) => ({
        index,
        name: nameOf(file),
        sizeBytes: bytesOf(file).length,
      })),
    });
  });

  router.get('/mailbox/:messageId/html', 'anyone', async (req, res) => {
    const { mail } = await openMail(req);
    res.set({ 'Content-Security-Policy': MAIL_CSP, 'Cache-Control': 'no-store' });
    // The mail stands in a frame; its links lead out of it.
    res.type('html').send((mail.html ?? '').replace('<head>', '<head><base target="_top">'));
  });

  router.get('/mailbox/:messageId/attachments/:index', 'anyone', async (req, res) => {
    const { mail } = await openMail(req);
    const file = found('message', mail.attachments[Number(req.params['index'])]);
    res.set({ 'Content-Security-Policy': FILE_CSP, 'X-Content-Type-Options': 'nosniff' });
    res.attachment(nameOf(file)).type(file.mimeType).send(bytesOf(file));
  });

  return router;
}

const addressOf = (of: Email['from'] | undefined): string =>
  of === undefined ? '' : of.name === '' ? (of.address ?? '') : `${of.name} <${of.address ?? ''}>`;

const nameOf = (file: Attachment): string => file.filename ?? 'attachment';

const bytesOf = ({ content }: Attachment): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);

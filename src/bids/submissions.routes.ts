import type { Request, Response } from 'express';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { messageOf } from '../platform/web/page-words.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { takesBids } from './bid.ts';
import { getBid } from './bid-page.service.ts';
import { differenceQuery, envelopeQuery, submissionForm, versionQuery } from './bids.forms.ts';
import { addClarificationRoutes } from './clarifications.routes.ts';
import { findClosingChoice } from './closing-choices.service.ts';
import { type DraftPage, getDraft } from './drafts.service.ts';
import { getBidderKey, getSubmission } from './kept-submission.service.ts';
import { tiersAsPriced } from './priced-unit.ts';
import { receiptFile } from './receipt.ts';
import { sendFile } from './send-file.routes.ts';
import { submitBid, withdrawBid } from './submissions.service.ts';
import { getDifference } from './version-difference.service.ts';

/** Submitting, proving and taking back. */
export function addSubmissionRoutes(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  const showBid = async (req: Request, res: Response): Promise<void> => {
    const bidId = idParam(req, 'bidId');
    const page = await web.runInTx(whoOf(req), (ctx) => getBid(ctx, bidId));
    await web.showPage(res, 'bids/bid', { title: page.bid.reference, ...page });
  };
  router.get('/bids/:bidId', 'bid.own', showBid);
  addClarificationRoutes(router, web, showBid);

  router.get('/bids/:bidId/difference', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const compared = parseForm(differenceQuery, req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getDifference(ctx, bidId, compared));
    await web.showPage(res, 'bids/difference', { titleKey: 'bids.difference.title', ...page });
  });

  const showReview = async (req: Request, res: Response): Promise<void> => {
    const bidId = idParam(req, 'bidId');
    const { page, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: { ...(await getDraft(ctx, bidId)), closingChoice: await findClosingChoice(ctx, bidId) },
      now: ctx.now,
    }));
    const isOpen = takesBids(page.event, now);
    if (!isOpen && res.locals['refusal'] === undefined) return res.redirect(303, `/bids/${bidId}`);
    await web.showPage(res, 'bids/submission', {
      titleKey: 'bids.submission.title',
      titleParams: { reference: page.bid.reference },
      ...page,
      now,
      isOpen,
      lines: linesSaid(page),
      idempotencyKey: newId(),
      draftErrors: page.read.errors.map((error) => ({
        path: error.path,
        message: messageOf(catalogue, req.locale, error),
        line: Number(error.params?.['line'] ?? 0),
      })),
    });
  };
  router.get('/bids/:bidId/submission', 'bid.own', showReview);
  router.post('/bids/:bidId/submission', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: () => {
        const { isFreeMeant, ...form } = parseForm(submissionForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          submitBid(ctx, { bidId, ...form, isFreeMeant: isFreeMeant === 'yes' }),
        );
      },
      goTo: `/bids/${bidId}/receipt`,
      notice: 'bids.notice.submitted',
      orShow: showReview,
    });
  });

  const showWithdrawal = async (req: Request, res: Response): Promise<void> => {
    const bidId = idParam(req, 'bidId');
    const page = await web.runInTx(whoOf(req), (ctx) => getBid(ctx, bidId));
    await web.showPage(res, 'bids/withdrawal', { titleKey: 'bids.withdrawal.title', ...page });
  };
  router.get('/bids/:bidId/withdrawal', 'bid.own', showWithdrawal);
  router.post('/bids/:bidId/withdrawal', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => withdrawBid(ctx, bidId)),
      goTo: `/bids/${bidId}`,
      notice: 'bids.notice.withdrawn',
      orShow: showWithdrawal,
    });
  });

  addReceiptRoutes(router, web);
}

function addReceiptRoutes(router: PortalRouter, web: WebDeps): void {
  const versionOf = (req: Request): number | null => parseForm(versionQuery, req.query).version ?? null;

  router.get('/bids/:bidId/receipt', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const page = await web.runInTx(whoOf(req), async (ctx) => {
      const { bid, event, isOpen, isUnsubmitted, now } = await getBid(ctx, bidId);
      const { receipt, signature } = await getSubmission(ctx, bidId, versionOf(req));
      return {
        bid,
        event,
        isOpen,
        isUnsubmitted,
        now,
        receipt,
        signature,
        publicKey: ctx.keyRing.publicKeyPem,
      };
    });
    await web.showPage(res, 'bids/receipt', {
      titleKey: 'bids.receipt.title',
      titleParams: { reference: page.bid.reference },
      ...page,
    });
  });

  router.get('/bids/:bidId/receipt.json', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const file = await web.runInTx(whoOf(req), async (ctx) => {
      const { receipt, signature } = await getSubmission(ctx, bidId, versionOf(req));
      return receiptFile(receipt, { signature, publicKeyPem: ctx.keyRing.publicKeyPem });
    });
    const name = `${file.receipt.bidReference}-v${file.receipt.version}-receipt.json`;
    sendFile(res, name, Buffer.from(`${JSON.stringify(file, null, 2)}\n`), 'application/json');
  });

  // The very bytes that were hashed: `sha256sum` of the file is the hash on the receipt.
  router.get('/bids/:bidId/content.json', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const { envelope = 'commercial' } = parseForm(envelopeQuery, req.query);
    const { receipt, contents } = await web.runInTx(whoOf(req), (ctx) =>
      getSubmission(ctx, bidId, versionOf(req)),
    );
    const { contentText } = found(
      'bid_version',
      contents.find((one) => one.envelope === envelope),
    );
    const name = `${receipt.bidReference}-v${receipt.version}-${envelope}.json`;
    sendFile(res, name, Buffer.from(contentText), 'application/json');
  });

  // The key of one envelope, which is the bidder's: `age -d -i key.txt` opens what is stored of it.
  router.get('/bids/:bidId/key.txt', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const { envelope = 'commercial' } = parseForm(envelopeQuery, req.query);
    const { receipt, key } = await web.runInTx(whoOf(req), (ctx) =>
      getBidderKey(ctx, { bidId, version: versionOf(req), envelope }),
    );
    sendFile(
      res,
      `${receipt.bidReference}-v${receipt.version}-${envelope}-key.txt`,
      Buffer.from(key),
      'text/plain',
    );
  });
  router.get('/bids/:bidId/sealed.age', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const { envelope = 'commercial' } = parseForm(envelopeQuery, req.query);
    const { receipt, sealed } = await web.runInTx(whoOf(req), (ctx) =>
      getBidderKey(ctx, { bidId, version: versionOf(req), envelope }),
    );
    sendFile(res, `${receipt.bidReference}-v${receipt.version}-${envelope}.age`, sealed);
  });
}

/** The lines of a draft as every page shows those of a bid. */
const linesSaid = ({ items, read }: DraftPage): object[] =>
  items.map((item, index) => {
    const line = read.lines[index];
    return {
      ...item,
      offer: line === undefined ? null : { ...line, note: line.typed.note, tiers: tiersAsPriced(line) },
    };
  });

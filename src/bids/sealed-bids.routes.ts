import { newId } from '../kernel/id.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PageHandler, PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { takesBids } from './bid.ts';
import { getOwnBid } from './drafts.service.ts';
import { sealedDraftForm, sealedSubmissionForm } from './sealed-bid.forms.ts';
import {
  addSealedFile,
  getSealedDraft,
  saveSealedDraft,
  sealOnArrival,
  submitSealed,
} from './sealed-bids.service.ts';

const UPLOAD = { files: 1, bytesPerFile: 26 * 1024 * 1024 };

/** A bid that is written and sealed in the bidder's browser: what comes here is ciphertext. */
export function addSealedBidRoutes(router: PortalRouter, web: WebDeps): void {
  const showSealed: PageHandler = async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const page = await web.runInTx(whoOf(req), (ctx) => getSealedDraft(ctx, bidId));
    const isOpen = takesBids(page.event, page.now);
    if (!isOpen && res.locals['refusal'] === undefined) return res.redirect(303, `/bids/${bidId}`);
    const { bid, event, items, rules, keys } = page;
    await web.showPage(res, 'bids/sealed-edit', {
      titleKey: 'bids.edit.title',
      titleParams: { reference: bid.reference },
      ...page,
      isOpen,
      isUnsubmitted: page.revision !== page.submittedRevision,
      // All that the page's module works with; nothing of it is secret.
      work: JSON.stringify({
        bidId,
        reference: bid.reference,
        supplierId: bid.supplierId,
        version: bid.currentVersion + 1,
        eventId: event.id,
        eventSha256: page.eventSha256,
        envelopes: event.envelopes,
        items: items.map(({ id, lineNo, quantity, lotId }) => ({ id, lineNo, quantity, lotId })),
        rules,
        keys,
        revision: page.revision,
        sealedDraft: page.sealedDraft,
        idempotencyKey: newId(),
      }),
    });
  };
  router.get('/bids/:bidId/sealed-edit', 'bid.own', showSealed);
  router.post('/bids/:bidId/sealed-draft', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const revision = await web.runInTx(whoOf(req), async (ctx) => {
      await getOwnBid(ctx, bidId);
      return saveSealedDraft(ctx, { bidId, ...parseForm(sealedDraftForm, req.body) });
    });
    res.json({ revision });
  });
  router.upload('/bids/:bidId/sealed-files', 'bid.own', UPLOAD, async (req, res) => {
    const bidId = idParam(req, 'bidId');
    res.json({ fileId: await web.runInTx(whoOf(req), (ctx) => addSealedFile(ctx, bidId, req.uploads[0])) });
  });
  router.post('/bids/:bidId/sealed-submission', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const version = await web.runInTx(whoOf(req), async (ctx) => {
      await getOwnBid(ctx, bidId);
      return submitSealed(ctx, { bidId, ...parseForm(sealedSubmissionForm, req.body) });
    });
    res.json({ version });
  });
  router.post('/bids/:bidId/sealing-on-arrival', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => sealOnArrival(ctx, bidId)),
      goTo: `/bids/${bidId}/edit`,
      notice: 'sealing.notice.on-arrival',
      orShow: showSealed,
    });
  });
}

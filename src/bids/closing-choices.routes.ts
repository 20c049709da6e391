import type { Request, Response } from 'express';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { whyNotSubmittable } from './bid-draft.ts';
import { getBid } from './bid-page.service.ts';
import { closingChoiceForm } from './bids.forms.ts';
import type { ClosingChoice } from './closing-choice.ts';
import { chooseClosingSubmission, revokeClosingSubmission } from './closing-choices.service.ts';
import { type DraftPage, getDraft } from './drafts.service.ts';

/** The choice that what is complete at closing is submitted: made beforehand, and taken back. */
export function addClosingChoiceRoutes(router: PortalRouter, web: WebDeps): void {
  const showChoice = async (req: Request, res: Response): Promise<void> => {
    const bidId = idParam(req, 'bidId');
    const { page, draftState } = await web.runInTx(whoOf(req), async (ctx) => {
      const bid = await getBid(ctx, bidId);
      return {
        page: bid,
        draftState: stateOf(await getDraft(ctx, bidId, 'submit-at-closing'), bid.closingChoice),
      };
    });
    await web.showPage(res, 'bids/closing-choice', {
      titleKey: 'bids.closing-choice.title',
      ...page,
      draftState,
    });
  };
  router.get('/bids/:bidId/closing-choice', 'bid.own', showChoice);
  router.post('/bids/:bidId/closing-choice', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: () => {
        const { isFreeMeant } = parseForm(closingChoiceForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          chooseClosingSubmission(ctx, { bidId, isFreeMeant: isFreeMeant === 'yes' }),
        );
      },
      goTo: `/bids/${bidId}/edit`,
      notice: 'bids.closing-choice.notice-chosen',
      orShow: showChoice,
    });
  });
  router.post('/bids/:bidId/closing-choice/revocation', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => revokeClosingSubmission(ctx, bidId)),
      goTo: `/bids/${bidId}/edit`,
      notice: 'bids.closing-choice.notice-revoked',
      orShow: showChoice,
    });
  });
}

/** What the closing would make of the draft as it stands now. */
const stateOf = ({ read, isUnsubmitted }: DraftPage, choice: ClosingChoice | null) => ({
  priced: read.pricedCount,
  all: read.lines.length,
  total: read.total,
  isNothingNew: !isUnsubmitted,
  why: whyNotSubmittable(read, { isConfirmed: choice?.isFreeMeant ?? false })?.code ?? null,
});

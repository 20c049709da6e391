import type { Request, Response } from 'express';
import { isId } from '../kernel/id.ts';
import { sumMoney } from '../kernel/money.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { getAwardPage } from './award-page.service.ts';
import { awardsQuery, returnForm } from './awards.forms.ts';
import { findAwards } from './awards.queries.ts';
import { approveAward, getOwnLetter, returnAward } from './awards.service.ts';

const LISTED_STATES = ['pending_approval', 'active', 'notified', 'returned'] as const;

/** What was proposed and decided: the list, the approver's page, and a bidder's own letter. */
export function awardsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/awards', 'award.read', async (req, res) => {
    const filter = parseForm(awardsQuery, req.query);
    const request = pageRequest(req);
    const after = isId(request.after) ? request.after : null;
    const page = await web.runInTx(whoOf(req), (ctx) => findAwards(ctx.tx, filter, { ...request, after }));
    const model = { page, filter, states: LISTED_STATES, isFirst: after === null };
    await web.showPage(res, 'awards/awards', { titleKey: 'awards.list.title', ...model });
  });

  const showAward = async (req: Request, res: Response) => {
    const model = await web.runInTx(whoOf(req), (ctx) => getAwardPage(ctx, idParam(req, 'awardId')));
    await web.showPage(res, 'awards/award', {
      title: model.award.reference,
      ...model,
      mayDecide: model.isDecidable && web.decide(req.actor, 'award.approve'),
      mayRevise: model.isRevisable && web.decide(req.actor, 'award.propose'),
    });
  };
  router.get('/awards/:awardId', 'award.read', showAward);
  router.post('/awards/:awardId/approval', 'award.approve', async (req, res) => {
    const awardId = idParam(req, 'awardId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => approveAward(ctx, awardId)),
      goTo: `/awards/${awardId}`,
      notice: 'awards.notice.approved',
      orShow: showAward,
    });
  });
  router.post('/awards/:awardId/return', 'award.approve', async (req, res) => {
    const awardId = idParam(req, 'awardId');
    await web.submitForm(req, res, {
      async act() {
        const { reason } = parseForm(returnForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => returnAward(ctx, awardId, reason));
      },
      goTo: `/awards/${awardId}`,
      notice: 'awards.notice.returned',
      orShow: showAward,
    });
  });

  router.get('/awards/:awardId/letter', 'award.letter', async (req, res) => {
    const found = await web.runInTx(whoOf(req), (ctx) => getOwnLetter(ctx, idParam(req, 'awardId')));
    const awarded = found.letter.lines.map((line) => line.awardedAmount);
    const awardedAmount = sumMoney(awarded, found.award.currency);
    await web.showPage(res, 'awards/letter', { titleKey: 'awards.letter.title', ...found, awardedAmount });
  });

  return router;
}

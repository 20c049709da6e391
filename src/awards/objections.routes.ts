import type { Request, Response } from 'express';
import { sumMoney } from '../kernel/money.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { takesObjections } from './award.ts';
import { showAwardPage } from './award-page.routes.ts';
import { answerForm, objectionForm, verdictForm } from './awards.forms.ts';
import { announcedBeforeEnd, currencyOf, getOwnLetter } from './letters.service.ts';
import { isOpenObjection } from './objection.ts';
import {
  answerObjection,
  decideObjection,
  listOwnObjections,
  raiseObjection,
  withdrawObjection,
} from './objections.service.ts';

/** A bidder's own letter, its objection, and what the buying side says to it. */
export function objectionsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  addBiddersSide(web, router);
  addBuyersSide(web, router);
  return router;
}

function addBiddersSide(web: WebDeps, router: PortalRouter): void {
  const showLetter = async (req: Request, res: Response) => {
    const awardId = idParam(req, 'awardId');
    const own = await web.runInTx(whoOf(req), async (ctx) => {
      const letter = await getOwnLetter(ctx, awardId);
      const { supplierId } = letter.letter;
      return {
        ...letter,
        announcedUntil: await announcedBeforeEnd(ctx, letter),
        objections: await listOwnObjections(ctx, { awardId, supplierId }),
        now: ctx.now,
      };
    });
    const awarded = own.letter.lines.map((line) => line.awardedAmount);
    const { objections, now, ...model } = own;
    await web.showPage(res, 'awards/letter', {
      titleKey: 'awards.letter.title',
      ...model,
      objections,
      mayObject:
        takesObjections(own.award, now) &&
        !objections.some(isOpenObjection) &&
        web.decide(req.actor, 'award.object'),
      currency: currencyOf(own.letter, own.award),
      awardedAmount: sumMoney(awarded, currencyOf(own.letter, own.award)),
    });
  };
  router.get('/awards/:awardId/letter', 'award.letter', showLetter);
  router.post('/awards/:awardId/objections', 'award.object', async (req, res) => {
    const awardId = idParam(req, 'awardId');
    await web.submitForm(req, res, {
      async act() {
        const { grounds } = parseForm(objectionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => raiseObjection(ctx, { awardId, grounds }));
      },
      goTo: `/awards/${awardId}/letter`,
      notice: 'objections.notice.raised',
      orShow: showLetter,
    });
  });
  router.post('/awards/:awardId/objections/:objectionId/withdrawal', 'award.object', async (req, res) => {
    const objectionId = idParam(req, 'objectionId');
    const awardId = idParam(req, 'awardId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => withdrawObjection(ctx, objectionId)),
      goTo: `/awards/${awardId}/letter`,
      notice: 'objections.notice.withdrawn',
      orShow: showLetter,
    });
  });
}

function addBuyersSide(web: WebDeps, router: PortalRouter): void {
  router.post(
    '/awards/:awardId/objections/:objectionId/answer',
    'award.answer-objection',
    async (req, res) => {
      const objectionId = idParam(req, 'objectionId');
      const awardId = idParam(req, 'awardId');
      await web.submitForm(req, res, {
        async act() {
          const { answer } = parseForm(answerForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => answerObjection(ctx, { objectionId, answer }));
        },
        goTo: `/awards/${awardId}`,
        notice: 'objections.notice.answered',
        orShow: showAwardPage(web),
      });
    },
  );
  router.post(
    '/awards/:awardId/objections/:objectionId/decision',
    'award.decide-objection',
    async (req, res) => {
      const objectionId = idParam(req, 'objectionId');
      const awardId = idParam(req, 'awardId');
      await web.submitForm(req, res, {
        async act() {
          const verdict = parseForm(verdictForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => decideObjection(ctx, { objectionId, ...verdict }));
        },
        goTo: `/awards/${awardId}`,
        notice: 'objections.notice.decided',
        orShow: showAwardPage(web),
      });
    },
  );
}

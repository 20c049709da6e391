import { idParam } from '../platform/web/params.ts';
import type { PageHandler } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { getAwardPage } from './award-page.service.ts';

/** The award as the buying side sees it, with what this person may do; also after a form of it was refused. */
export const showAwardPage =
  (web: WebDeps): PageHandler =>
  async (req, res) => {
    const model = await web.runInTx(whoOf(req), (ctx) => getAwardPage(ctx, idParam(req, 'awardId')));
    await web.showPage(res, 'awards/award', {
      title: model.award.reference,
      ...model,
      mayDecide: model.isDecidable && web.decide(req.actor, 'award.approve'),
      mayRevise: model.isRevisable && web.decide(req.actor, 'award.propose'),
      mayWithdraw:
        model.isWithdrawable && model.event.state === 'awarded' && web.decide(req.actor, 'award.withdraw'),
      mayDecideWithdrawal: model.isWithdrawalDecidable && web.decide(req.actor, 'award.decide-withdrawal'),
      mayAnswerObjection: web.decide(req.actor, 'award.answer-objection'),
    });
  };

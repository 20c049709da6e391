import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { showAwardPage } from './award-page.routes.ts';
import { withdrawalDecisionForm, withdrawalForm } from './awards.forms.ts';
import { confirmWithdrawal, refuseWithdrawal, requestWithdrawal } from './withdrawals.service.ts';

/** Taking back what was awarded: asked for by one, decided by another. */
export function withdrawalsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.post('/awards/:awardId/withdrawals', 'award.withdraw', async (req, res) => {
    const awardId = idParam(req, 'awardId');
    await web.submitForm(req, res, {
      async act() {
        const asked = parseForm(withdrawalForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => requestWithdrawal(ctx, { awardId, ...asked }));
      },
      goTo: `/awards/${awardId}`,
      notice: 'withdrawals.notice.requested',
      orShow: showAwardPage(web),
    });
  });
  router.post(
    '/awards/:awardId/withdrawals/:withdrawalId/decision',
    'award.decide-withdrawal',
    async (req, res) => {
      const awardId = idParam(req, 'awardId');
      const withdrawalId = idParam(req, 'withdrawalId');
      await web.submitForm(req, res, {
        async act() {
          const { verdict, note } = parseForm(withdrawalDecisionForm, req.body);
          const decide = verdict === 'confirm' ? confirmWithdrawal : refuseWithdrawal;
          await web.runInTx(whoOf(req), (ctx) => decide(ctx, { withdrawalId, note }));
        },
        goTo: `/awards/${awardId}`,
        notice: 'withdrawals.notice.decided',
        orShow: showAwardPage(web),
      });
    },
  );

  return router;
}

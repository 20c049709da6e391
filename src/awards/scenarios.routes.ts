import type { Request, Response } from 'express';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { scenarioForm, scenariosQuery } from './scenarios.forms.ts';
import { mostScenarios, removeScenario, saveScenario } from './scenarios.service.ts';
import { getScenariosPage } from './scenarios-page.service.ts';

/** Possible awards side by side, before one of them is proposed. */
export function scenariosRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const modelOf = async (req: Request) => {
    const eventId = idParam(req, 'eventId');
    const { page } = parseForm(scenariosQuery, req.query);
    const model = await web.runInTx(whoOf(req), (ctx) => getScenariosPage(ctx, { eventId, page }));
    const mayPlan = model.event.state === 'evaluation' && web.decide(req.actor, 'award.plan');
    return { ...model, mayPlan, mayAdd: mayPlan && model.scenarios.length < mostScenarios, mostScenarios };
  };
  const showScenarios = async (req: Request, res: Response) => {
    const model = await modelOf(req);
    await web.showPage(res, 'awards/scenarios', {
      titleKey: 'scenarios.page-title',
      titleParams: { reference: model.event.reference },
      ...model,
    });
  };

  router.get('/events/:eventId/scenarios', 'comparison.read', showScenarios);
  router.get('/events/:eventId/scenarios/table', 'comparison.read', async (req, res) => {
    await web.showFragment(res, 'awards/_scenarios', await modelOf(req));
  });
  router.post('/events/:eventId/scenarios', 'award.plan', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      async act() {
        const wanted = parseForm(scenarioForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => saveScenario(ctx, { eventId, ...wanted }));
      },
      goTo: `/events/${eventId}/scenarios`,
      notice: 'scenarios.notice.saved',
      orShow: showScenarios,
    });
  });
  router.post('/events/:eventId/scenarios/:scenarioId/removal', 'award.plan', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), scenarioId: idParam(req, 'scenarioId') };
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeScenario(ctx, of)),
      goTo: `/events/${of.eventId}/scenarios`,
      notice: 'scenarios.notice.removed',
      orShow: showScenarios,
    });
  });

  return router;
}

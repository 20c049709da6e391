import type { Request, Response } from 'express';
import { AppError } from '../kernel/errors.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { integrationForm } from './api.forms.ts';
import { integrationScopes } from './integration.ts';
import { issueIntegration, listIntegrations, revokeIntegration } from './integrations.service.ts';

/** The programs that are let in. */
export function integrationsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const show = async (req: Request, res: Response, token: string | null): Promise<void> => {
    const integrations = await web.runInTx(whoOf(req), listIntegrations);
    await web.showPage(res, 'interchange/integrations', {
      titleKey: 'interchange.title',
      integrations,
      scopes: integrationScopes,
      token,
    });
  };
  router.get('/integrations', 'integration.manage', (req, res) => show(req, res, null));

  // The token is in this answer and nowhere else, so there is no page to be sent on to.
  router.post('/integrations', 'integration.manage', async (req, res) => {
    try {
      const { name, scope: scopes } = parseForm(integrationForm, req.body);
      const token = await web.runInTx(whoOf(req), (ctx) => issueIntegration(ctx, { name, scopes }));
      res.set('Cache-Control', 'no-store');
      await show(req, res, token);
    } catch (error) {
      if (!(error instanceof AppError) || !['invalid', 'rule-broken'].includes(error.kind)) throw error;
      res.status(422);
      res.locals['refusal'] = error;
      res.locals.fieldErrors = error.fields;
      res.locals.typed = req.body as Record<string, unknown>;
      await show(req, res, null);
    }
  });

  router.post('/integrations/:integrationId/revocation', 'integration.manage', async (req, res) => {
    const integrationId = idParam(req, 'integrationId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => revokeIntegration(ctx, integrationId)),
      goTo: '/integrations',
      notice: 'interchange.notice.revoked',
      orShow: (...page) => show(...page, null),
    });
  });
  return router;
}

import type { Request, Response } from 'express';
import type { Database } from '../platform/db/database.ts';
import { parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { visitorOf, type WebDeps } from '../platform/web/web.ts';
import { newLinkForm } from './identity.forms.ts';
import { requestNewLink } from './new-link.service.ts';
import { makeLinkRequestLimit } from './sign-in-limit.ts';

/** For whoever lost its link or password. Known and unknown addresses get one answer, after the same work. */
export function addNewLinkRoutes(router: PortalRouter, web: WebDeps, db: Database): void {
  const limit = makeLinkRequestLimit(db);

  const showForm = (_req: Request, res: Response) =>
    web.showPage(res, 'identity/new-link', { titleKey: 'identity.new-link.title' });

  router.get('/sign-in/new-link', 'anyone', showForm);

  router.post('/sign-in/new-link', 'anyone', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { email } = parseForm(newLinkForm, req.body);
        await limit.count({ address: req.ip ?? '', email });
        await web.runInTx(visitorOf(req), (ctx) => requestNewLink(ctx, { email }));
      },
      goTo: '/sign-in/new-link/sent',
      orShow: showForm,
    });
  });

  router.get('/sign-in/new-link/sent', 'anyone', (_req, res) =>
    web.showPage(res, 'identity/new-link-sent', { titleKey: 'identity.new-link.sent' }),
  );
}

import type { Request, Response } from 'express';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Database } from '../platform/db/database.ts';
import { parseForm } from '../platform/web/params.ts';
import { wantedBefore } from '../platform/web/return-to.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { visitorOf, type WebDeps } from '../platform/web/web.ts';
import { newLinkForm } from './identity.forms.ts';
import { requestNewLink } from './new-link.service.ts';
import { makeLinkRequestLimit } from './sign-in-limit.ts';

/** For whoever lost its link or password. Known and unknown addresses get one answer, after the same work. */
export function addNewLinkRoutes(router: PortalRouter, web: WebDeps, db: Database): void {
  const limit = makeLinkRequestLimit(db);

  const showForm = (req: Request, res: Response) =>
    web.showPage(res, 'identity/new-link', {
      titleKey: 'identity.new-link.title',
      lostLink: lostLinkOf(req),
    });

  router.get('/sign-in/new-link', 'anyone', showForm);

  router.post('/sign-in/new-link', 'anyone', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { email, lostLink } = parseForm(newLinkForm, req.body);
        const wanted = wantedBefore(req);
        await limit.count({ address: req.ip ?? '', email });
        await web.runInTx(visitorOf(req), (ctx) => requestNewLink(ctx, { email, lostLink, wanted }));
      },
      goTo: '/sign-in/new-link/sent',
      orShow: showForm,
    });
  });

  router.get('/sign-in/new-link/sent', 'anyone', (_req, res) =>
    web.showPage(res, 'identity/new-link-sent', { titleKey: 'identity.new-link.sent' }),
  );
}

/** The hash of the link that did not work and whose page led here; the page itself is the same for every link. */
function lostLinkOf(req: Request): string {
  const from = URL.parse(req.get('referer') ?? '')?.pathname ?? '';
  const token = /^\/sign-in\/link\/([\w-]{43})$/.exec(from)?.[1];
  return token === undefined ? '' : sha256Hex(token);
}

import { isPasskeyOffered } from '../identity/index.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { waitingForActor, waitingForPrincipals } from './home.queries.ts';

/** The home page: what waits for whoever signed in. */
export function homeRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  router.get('/', 'home.see', async (req, res) => {
    const found = await web.runInTx(whoOf(req), async (ctx) => ({
      waiting: await waitingForActor(ctx),
      forOthers: await waitingForPrincipals(ctx),
      offersPasskey: await isPasskeyOffered(ctx),
    }));
    await web.showPage(res, 'home/home', {
      titleKey: 'home.title',
      ...found,
      lastSignIn: req.session.lastSignIn ?? null,
    });
  });
  return router;
}

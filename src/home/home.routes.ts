import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { waitingForActor } from './home.queries.ts';

/** The home page: what waits for whoever signed in. */
export function homeRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  router.get('/', 'home.see', async (req, res) => {
    const waiting = await web.runInTx(whoOf(req), waitingForActor);
    await web.showPage(res, 'home/home', { titleKey: 'home.title', waiting });
  });
  return router;
}

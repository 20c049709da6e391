import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { listCategories, listPlants } from './catalog.service.ts';

/** The master data that documents refer to, for looking up. */
export function catalogRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/catalog/categories', 'catalog.read', async (req, res) => {
    const categories = await web.runInTx(whoOf(req), listCategories);
    await web.showPage(res, 'catalog/categories', { titleKey: 'catalog.categories', categories });
  });

  router.get('/catalog/plants', 'catalog.read', async (req, res) => {
    const plants = await web.runInTx(whoOf(req), listPlants);
    await web.showPage(res, 'catalog/plants', { titleKey: 'catalog.plants', plants });
  });

  return router;
}

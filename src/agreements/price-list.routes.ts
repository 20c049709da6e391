import { listPlants } from '../catalog/index.ts';
import { placesOf } from '../platform/db/scope.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { priceFilter } from './agreements.forms.ts';
import { todayOf } from './agreements.service.ts';
import { listAgreedPrices } from './price-list.queries.ts';

/** What can be ordered today at an agreed price: a word is typed, and the price found leads to the order. */
export function priceListRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/agreed-prices', 'agreement.call-off', async (req, res) => {
    const filter = priceFilter.parse(req.query);
    const request = pageRequest(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const { plants } = placesOf(ctx.actor);
      return {
        page: await listAgreedPrices(
          ctx,
          { search: filter.q, plant: filter.plant, today: todayOf(ctx) },
          request,
        ),
        plants: (await listPlants(ctx)).filter(({ code }) => plants === null || plants.includes(code)),
      };
    });
    await web.showPage(res, 'agreements/price-list', {
      titleKey: 'agreed-prices.title',
      ...model,
      filter,
      query: asQuery({ ...filter, sort: 'text' }, 'text'),
      isFiltered: isFiltered(filter),
      isFirst: request.after === null,
    });
  });
  return router;
}

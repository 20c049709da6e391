import { pageRequest } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { listOutages } from './outages.service.ts';

/** What the portal measured of itself, for everybody whose closing times depend on it. */
export function addOutages(router: PortalRouter, web: WebDeps): void {
  router.get('/outages', 'outage.read', async (req, res) => {
    const request = pageRequest(req);
    const { page, policy } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listOutages(ctx, request),
      policy: ctx.policies.outages,
    }));
    await web.showPage(res, 'sourcing/outages', {
      titleKey: 'outages.title',
      page,
      policy,
      query: {},
      isFirst: request.after === null,
    });
  });
}

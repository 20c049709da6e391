import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { addLineImport } from './line-import.routes.ts';
import { addRequisitionActs } from './requisition-acts.routes.ts';
import { addRequisitionForms } from './requisition-form.routes.ts';
import type { RequisitionHouse } from './requisition-pages.routes.ts';
import { addRequisitionPages } from './requisition-pages.routes.ts';

/** Internal needs, under /requisitions. */
export function requisitionsRoutes(web: WebDeps, house: RequisitionHouse): PortalRouter {
  const router = makeRouter(web);
  // Forms come first: `/requisitions/new` is no requisition's id.
  addRequisitionForms(router, web);
  addRequisitionPages(router, web, house);
  addRequisitionActs(router, web, house);
  addLineImport(router, web, house);
  return router;
}

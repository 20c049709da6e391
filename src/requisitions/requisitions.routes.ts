import type { Policies } from '../kernel/policies.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { addLineImport } from './line-import.routes.ts';
import { addRequisitionActs } from './requisition-acts.routes.ts';
import { addRequisitionForms } from './requisition-form.routes.ts';
import { addRequisitionPages } from './requisition-pages.routes.ts';

/** What has become of a requisition line: later domains say it. */
export type LineTrace = {
  readonly requisitionLineId: string;
  readonly eventId: string;
  readonly eventReference: string;
  readonly eventState: string;
  readonly eventLineNo: number;
  readonly quantity: string;
  readonly orders: readonly {
    readonly orderId: string;
    readonly reference: string;
    readonly lineNo: number;
    readonly quantity: string;
  }[];
};
export type TraceLines = (ctx: Ctx, requisitionLineIds: readonly string[]) => Promise<LineTrace[]>;

export type RequisitionHouse = {
  readonly catalogue: Catalogue;
  readonly limits: Policies['limits'];
  readonly traceLines: TraceLines;
};

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

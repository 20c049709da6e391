import type { Policies } from '../kernel/policies.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { addAmendments } from './amendments.routes.ts';
import { addDetails } from './details.routes.ts';
import { addEnquiries } from './enquiries.routes.ts';
import { addEvaluationPlan } from './evaluation-plan.routes.ts';
import { addEventActs } from './event-acts.routes.ts';
import { addEventForms } from './event-form.routes.ts';
import { addEventPages } from './event-pages.routes.ts';
import { addFromRequisitions } from './from-requisitions.routes.ts';
import { addInvitations } from './invitations.routes.ts';
import { addLineImport } from './line-import.routes.ts';
import { addOutages } from './outages.routes.ts';
import { addRequirementImport } from './requirement-import.routes.ts';
import { addShortlists } from './shortlists.routes.ts';

/** The buyer's side of sourcing, under /events. The catalogue names the columns of a template. */
export function sourcingRoutes(
  web: WebDeps,
  house: { catalogue: Catalogue; limits: Policies['limits'] },
): PortalRouter {
  const router = makeRouter(web);
  // Forms come first: `/events/new` is no event's id.
  addFromRequisitions(router, web);
  addEventForms(router, web);
  addEventPages(router, web);
  addEventActs(router, web);
  addInvitations(router, web, house.limits);
  addShortlists(router, web);
  addEnquiries(router, web, house.limits);
  addLineImport(router, web, house);
  addAmendments(router, web, house.limits);
  addOutages(router, web);
  // Likewise: `/requirements/import` is no question's id.
  addRequirementImport(router, web, house);
  addEvaluationPlan(router, web);
  // After the import: `/lines/import` is no line's id.
  addDetails(router, web, house.limits);
  return router;
}

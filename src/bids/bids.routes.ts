import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { addClosingChoiceRoutes } from './closing-choices.routes.ts';
import { addDraftRoutes } from './drafts.routes.ts';
import { addEventActRoutes } from './event-acts.routes.ts';
import { addInvitationRoutes } from './invitations.routes.ts';
import { addJoiningRoutes } from './joining.routes.ts';
import { addOpenerRoutes } from './openers.routes.ts';
import { addOpeningRoutes } from './openings.routes.ts';
import { addOwnCopyRoutes } from './own-copy.routes.ts';
import { addRoundRoutes } from './rounds.routes.ts';
import { addSealedBidRoutes } from './sealed-bids.routes.ts';
import { addSubmissionRoutes } from './submissions.routes.ts';

/** Everything a supplier does from the invitation to the receipt, and the opening on the buyer's side. */
export function bidsRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);
  addInvitationRoutes(router, web);
  addJoiningRoutes(router, web);
  addDraftRoutes(router, web, catalogue);
  addSubmissionRoutes(router, web, catalogue);
  addClosingChoiceRoutes(router, web);
  addSealedBidRoutes(router, web, catalogue);
  addOwnCopyRoutes(router, web, catalogue);
  addOpenerRoutes(router, web);
  addOpeningRoutes(router, web, catalogue);
  addEventActRoutes(router, web);
  addRoundRoutes(router, web);
  return router;
}

import type { Policies } from '../kernel/policies.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { creditNotesRoutes } from './credits/credit-notes.routes.ts';
import { decisionRoutes } from './decisions.routes.ts';
import { earlyPaymentRoutes } from './early-payment/early-payment.routes.ts';
import { instalmentsRoutes } from './instalments/instalments.routes.ts';
import { invoiceFormRoutes } from './invoice-form.routes.ts';
import { invoicesRoutes } from './invoices.routes.ts';
import { paymentRunRoutes } from './payment-run.routes.ts';
import { paymentResultRoutes } from './payment-run-result.routes.ts';
import { retentionsRoutes } from './retentions/retentions.routes.ts';
import { selfBillingRoutes } from './self-billing/self-billing.routes.ts';
import { statementsRoutes } from './statements/statements.routes.ts';
import { orderInvoicesRoutes } from './two-way/order-invoices.routes.ts';
import { invoiceDraftsRoutes } from './uploads/invoice-drafts.routes.ts';

/** All pages from the statement to the payment. */
export const invoicingRoutes = (
  web: WebDeps,
  of: { catalogue: Catalogue; limits: Policies['limits'] },
): readonly PortalRouter[] => [
  invoiceFormRoutes(web),
  orderInvoicesRoutes(web),
  // Its `/invoices/new` comes before `/invoices/:invoiceId`.
  invoiceDraftsRoutes(web, of),
  invoicesRoutes(web, of),
  decisionRoutes(web),
  statementsRoutes(web, of),
  instalmentsRoutes(web, of),
  retentionsRoutes(web),
  creditNotesRoutes(web, of),
  earlyPaymentRoutes(web),
  selfBillingRoutes(web),
  paymentRunRoutes(web),
  paymentResultRoutes(web, of),
];

import { scheduledJobs } from '../jobs/index.ts';
import {
  agreementsRoutes,
  mayReadDocument as mayReadAgreementDocument,
  priceIndicesRoutes,
  priceListRoutes,
} from './agreements/index.ts';
import { approvalsRoutes } from './approvals/index.ts';
import { auditRoutes } from './audit/index.ts';
import {
  awardFormRoutes,
  awardsRoutes,
  committeeRoutes,
  comparisonRoutes,
  costsRoutes,
  evaluationRoutes,
  mayReadLetter,
  objectionsRoutes,
  savingsRoutes,
  scenariosRoutes,
  successorRoutes,
  withdrawalsRoutes,
} from './awards/index.ts';
import { bidsRoutes } from './bids/index.ts';
import { budgetsRoutes } from './budgets/index.ts';
import {
  calendarRoutes,
  catalogRoutes,
  exchangeRatesRoutes,
  itemsRoutes,
  listCategories,
  listPlants,
  supplierItemsRoutes,
} from './catalog/index.ts';
import {
  deliveriesRoutes,
  mayReadDocument as mayReadDespatchDocument,
  mayReadEvidence,
  mayReadWork,
} from './deliveries/index.ts';
import { disputesRoutes } from './disputes/index.ts';
import { documentRoutes } from './documents/index.ts';
import { forecastsRoutes } from './forecasts/index.ts';
import { homeRoutes } from './home/index.ts';
import type { House } from './house.ts';
import {
  accessRoutes,
  addressRoutes,
  identityRoutes,
  peopleRoutes,
  type SignInSettings,
  signedLinkRoutes,
} from './identity/index.ts';
import { integrationsRoutes } from './interchange/index.ts';
import {
  invoicingRoutes,
  mayReadAdvice,
  mayReadCreditNoteDocument,
  mayReadInstalmentDocument,
  mayReadInvoiceDocument,
} from './invoices/index.ts';
import { mailboxRoutes, notificationRoutes, queueRoutes } from './notifications/index.ts';
import {
  callOffRoutes,
  mayReadDocument as mayReadOrderDocument,
  orderChangesRoutes,
  ordersRoutes,
  traceLines,
} from './orders/index.ts';
import type { Queues } from './platform/queue/queues.ts';
import type { PortalRouter } from './platform/web/router.ts';
import type { WebDeps } from './platform/web/web.ts';
import { mayReadDocument as mayReadExport, reportsRoutes } from './reports/index.ts';
import { mayReadDocument as mayReadRequisitionDocument, requisitionsRoutes } from './requisitions/index.ts';
import {
  mayReadAmendmentDocument,
  mayReadEnquiryDocument,
  mayReadDocument as mayReadEventDocument,
  mayReadStructureDocument,
  sourcingRoutes,
} from './sourcing/index.ts';
import {
  bankAccountRoutes,
  companyRoutes,
  mayReadEvidenceOfQualification,
  ownQualificationRoutes,
  qualificationImportRoutes,
  qualificationRoutes,
  recoveryRoutes,
  suppliersRoutes,
} from './suppliers/index.ts';

/** What the pages of a process depend on besides its house. */
export type PagesSettings = {
  /** The origin people reach us at; cookies are secure when it is https. */
  readonly origin: string;
  /** How staff sign in; without it only suppliers do. */
  readonly signIn?: SignInSettings;
  /** The queues, for the page that shows them. */
  readonly queues?: Queues;
  /** Shows everybody's mail to anybody: for trying without a mail server. */
  readonly showsMailbox?: boolean;
};

/** Each domain answers for the files of its own documents. */
const mayRead = {
  qualification: mayReadEvidenceOfQualification,
  agreement: mayReadAgreementDocument,
  requisition: mayReadRequisitionDocument,
  sourcing_event: mayReadEventDocument,
  lot: mayReadStructureDocument('lot'),
  event_item: mayReadStructureDocument('event_item'),
  amendment: mayReadAmendmentDocument,
  enquiry: mayReadEnquiryDocument('enquiry'),
  enquiry_response: mayReadEnquiryDocument('enquiry_response'),
  award_letter: mayReadLetter,
  purchase_order: mayReadOrderDocument,
  despatch_advice: mayReadDespatchDocument,
  service_entry: mayReadWork,
  nonconformance: mayReadEvidence,
  instalment: mayReadInstalmentDocument,
  invoice: mayReadInvoiceDocument,
  payment: mayReadAdvice,
  credit_note: mayReadCreditNoteDocument,
  report_export: mayReadExport,
};

/** The domains' pages, in the order of a purchase. */
export const domainRouters = (
  web: WebDeps,
  house: House,
  settings: PagesSettings,
): readonly PortalRouter[] => [
  signedLinkRoutes(web, { secureCookies: settings.origin.startsWith('https:') }),
  identityRoutes(web, {
    ...(settings.signIn ?? { saml: null, developmentIdp: null, isDemonstration: false }),
    db: house.db,
    secureCookies: settings.origin.startsWith('https:'),
  }),
  addressRoutes(web),
  peopleRoutes(web, {
    saml: settings.signIn?.saml ?? null,
    scopeChoices: async (ctx) => ({
      plants: await listPlants(ctx),
      categories: await listCategories(ctx),
    }),
  }),
  accessRoutes(web, { access: house.ports.access }),
  homeRoutes(web),
  suppliersRoutes(web),
  companyRoutes(web),
  ownQualificationRoutes(web),
  qualificationImportRoutes(web, { catalogue: house.catalogue, limits: house.ports.policies.limits }),
  qualificationRoutes(web),
  recoveryRoutes(web),
  bankAccountRoutes(web),
  catalogRoutes(web),
  calendarRoutes(web),
  itemsRoutes(web, { catalogue: house.catalogue, limits: house.ports.policies.limits }),
  supplierItemsRoutes(web, { limits: house.ports.policies.limits }),
  exchangeRatesRoutes(web, { catalogue: house.catalogue, limits: house.ports.policies.limits }),
  agreementsRoutes(web, { catalogue: house.catalogue, limits: house.ports.policies.limits }),
  priceIndicesRoutes(web, { limits: house.ports.policies.limits }),
  priceListRoutes(web),
  approvalsRoutes(web),
  budgetsRoutes(web, { limits: house.ports.policies.limits }),
  requisitionsRoutes(web, {
    catalogue: house.catalogue,
    limits: house.ports.policies.limits,
    traceLines,
  }),
  sourcingRoutes(web, { catalogue: house.catalogue, limits: house.ports.policies.limits }),
  documentRoutes(web, { mayRead }),
  comparisonRoutes(web, { catalogue: house.catalogue }),
  committeeRoutes(web),
  evaluationRoutes(web, { catalogue: house.catalogue }),
  scenariosRoutes(web),
  successorRoutes(web),
  costsRoutes(web),
  savingsRoutes(web, { catalogue: house.catalogue }),
  awardFormRoutes(web),
  awardsRoutes(web),
  objectionsRoutes(web),
  withdrawalsRoutes(web),
  bidsRoutes(web, { catalogue: house.catalogue }),
  callOffRoutes(web),
  orderChangesRoutes(web),
  ordersRoutes(web, { catalogue: house.catalogue }),
  reportsRoutes(web),
  integrationsRoutes(web),
  deliveriesRoutes(web, { limits: house.ports.policies.limits }),
  forecastsRoutes(web, { catalogue: house.catalogue, limits: house.ports.policies.limits }),
  ...invoicingRoutes(web, { catalogue: house.catalogue, limits: house.ports.policies.limits }),
  disputesRoutes(web),
  auditRoutes(web, { catalogue: house.catalogue }),
  notificationRoutes(web, { catalogue: house.catalogue }),
  ...(settings.queues === undefined ? [] : [queueRoutes(web, { queues: settings.queues, scheduledJobs })]),
  ...(settings.showsMailbox === true ? [mailboxRoutes(web)] : []),
];

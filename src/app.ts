import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { freshProof } from '../config/fresh-proof.ts';
import { navigation } from '../config/navigation.ts';
import { permissions } from '../config/permissions.ts';
import { scheduledJobs } from '../jobs/index.ts';
import {
  agreementsRoutes,
  mayReadDocument as mayReadAgreementDocument,
  priceIndicesRoutes,
  priceListRoutes,
} from './agreements/index.ts';
import { approvalsRoutes } from './approvals/index.ts';
import { auditRoutes, notePageViews, type PageViews } from './audit/index.ts';
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
  actorFor,
  addressRoutes,
  askForActCode,
  attachActor,
  attachVisitor,
  decide,
  identityRoutes,
  makeFreshProof,
  peopleRoutes,
  SCIM_PATH,
  type ScimSettings,
  type SignInSettings,
  scimRoutes,
  sessions,
  signedLinkRoutes,
} from './identity/index.ts';
import { API_PATH, apiRoutes, integrationsRoutes } from './interchange/index.ts';
import {
  invoicingRoutes,
  mayReadAdvice,
  mayReadCreditNoteDocument,
  mayReadInstalmentDocument,
  mayReadInvoiceDocument,
} from './invoices/index.ts';
import { AppError } from './kernel/errors.ts';
import { newId } from './kernel/id.ts';
import { mailboxRoutes, notificationRoutes, queueRoutes, unreadCountSql } from './notifications/index.ts';
import {
  callOffRoutes,
  mayReadDocument as mayReadOrderDocument,
  orderChangesRoutes,
  ordersRoutes,
  traceLines,
} from './orders/index.ts';
import { rowsOf } from './platform/db/statements.ts';
import type { Log } from './platform/logger.ts';
import type { Queues } from './platform/queue/queues.ts';
import { serveAssets } from './platform/web/assets.ts';
import { refuseCrossSite } from './platform/web/cross-site.ts';
import { errorPage, noSuchPage } from './platform/web/error-page.ts';
import { makeRenderer } from './platform/web/render.ts';
import { requestLog } from './platform/web/request-log.ts';
import type { DeclaredRoute, PortalRouter } from './platform/web/router.ts';
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

export type AppSettings = {
  /** The origin people reach us at; cookies are secure when it is https. */
  readonly origin: string;
  /** How many proxies in front of us set X-Forwarded-For. */
  readonly trustProxy: number;
  readonly log: Log;
  /** How staff sign in; without it only suppliers do. */
  readonly signIn?: SignInSettings;
  /** A directory that manages staff over SCIM; null or without it none does. */
  readonly scim?: ScimSettings | null;
  /** The queues, for the page that shows them. */
  readonly queues?: Queues;
  /** Shows everybody's mail to anybody: for trying without a mail server. */
  readonly showsMailbox?: boolean;
  /** Where it is kept which pages people looked at; without it nowhere. */
  readonly pageViews?: PageViews;
  /** A test's clock. */
  readonly readNow?: () => Date;
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
const domainRouters = (web: WebDeps, house: House, settings: AppSettings): readonly PortalRouter[] => [
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

/** Builds the whole web application on an open house: from the outside in. */
export function makeApp(
  house: House,
  settings: AppSettings,
): { app: Express; routes: readonly DeclaredRoute[] } {
  const views = path.join(house.folders.root, 'views');
  const assets = serveAssets(path.join(views, 'assets'));
  const mayInOwnRoles: WebDeps['decide'] = (actor, permission) =>
    decide(house.ports.access, actor, permission, null, null).isAllowed;
  const actingFor: WebDeps['actorFor'] = (actor, permission) => actorFor(actor, permission, mayInOwnRoles);
  const mayDo: WebDeps['decide'] = (actor, permission) => actingFor(actor, permission) !== null;
  const renderer = makeRenderer({
    viewsFolder: views,
    catalogue: house.catalogue,
    decide: mayDo,
    navigation,
    assetVersion: assets.version,
  });
  const web: WebDeps = {
    ...renderer,
    runInTx: house.runInTx,
    decide: mayDo,
    actorFor: actingFor,
    freshProof: makeFreshProof({ runInTx: house.runInTx, permissions: freshProof }),
    origin: settings.origin,
  };
  const routers = domainRouters(web, house, settings);
  const routes = routers.flatMap((router) => router.declared);
  refuseUnknownPermissions(routes);
  const isHttps = settings.origin.startsWith('https:');

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', settings.trustProxy);
  app.set('query parser', 'simple');
  app.use(numberRequest);
  app.use(securityHeaders(isHttps));
  app.use('/assets', assets.handler);
  app.get('/healthz', (_req, res) => res.type('text').send('ok'));
  app.get('/readyz', async (_req, res) => {
    await house.db.transaction((tx) => rowsOf(tx, 'SELECT 1'));
    res.type('text').send('ready');
  });
  app.use(requestLog(settings.log));
  app.use(attachVisitor({ timeZone: house.ports.policies.company.timeZone }));
  addMachines(app, web, { house, settings });
  app.use(refuseNul);
  // Lines of a form come as lines[0][quantity]: 2,000 lines of 8 fields is the most one can hold.
  app.use(express.urlencoded({ extended: true, limit: '4mb', parameterLimit: 20_000 }));
  app.use(express.json({ limit: '256kb' }));
  app.use(sessions({ unreadCountSql, db: house.db, keyRing: house.ports.keyRing, secureCookies: isHttps }));
  app.use(
    attachActor({
      db: house.db,
      ...(settings.readNow === undefined ? {} : { readNow: settings.readNow }),
    }),
  );
  if (settings.pageViews !== undefined) app.use(notePageViews(settings.pageViews));
  app.use(
    refuseCrossSite({
      origin: settings.origin,
      bypass: ['/saml/acs'],
      fingerprint: house.ports.keyRing.fingerprint,
    }),
  );
  for (const router of routers) app.use(router.router);
  app.use(noSuchPage);
  app.use(askForActCode(web));
  app.use(errorPage(web, house.catalogue, (entry) => settings.log.error(entry, 'crash')));
  return { app, routes };
}

/** Programs have no browser: no session, no form, a token of their own. */
function addMachines(
  app: Express,
  web: WebDeps,
  { house, settings }: { house: House; settings: AppSettings },
): void {
  const complain = (entry: object) => settings.log.error(entry, 'crash');
  if (settings.scim) app.use(SCIM_PATH, scimRoutes(web, settings.scim, complain));
  app.use(API_PATH, apiRoutes({ runInTx: house.runInTx, catalogue: house.catalogue }, complain));
}

/** A route that names a permission nobody defined would be open to nobody, or worse: refuse to start. */
function refuseUnknownPermissions(routes: readonly DeclaredRoute[]): void {
  const known = new Set<string>(['anyone', ...Object.keys(permissions)]);
  const unknown = routes.filter((route) => !known.has(route.permission));
  if (unknown.length > 0)
    throw new Error(
      `Unknown permissions: ${unknown.map((r) => `${r.method} ${r.path} (${r.permission})`).join(', ')}`,
    );
}

const numberRequest: RequestHandler = (req, res, next) => {
  req.requestId = newId();
  req.uploads = [];
  res.set('X-Request-Id', req.requestId);
  next();
};

/** PostgreSQL stores no NUL, so no page of ours is at an address with one; forms say so at their field. */
const refuseNul: RequestHandler = (req, _res, next) => {
  if (/%00|\0/.test(req.originalUrl))
    throw new AppError('invalid', 'form.malformed', 'The request could not be read');
  next();
};

/** No inline script or style, nothing from other hosts, nobody frames us. */
const securityHeaders = (isHttps: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        frameSrc: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
    },
    strictTransportSecurity: isHttps,
    referrerPolicy: { policy: 'same-origin' },
  });

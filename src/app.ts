import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { freshProof } from '../config/fresh-proof.ts';
import { navigation } from '../config/navigation.ts';
import { permissions } from '../config/permissions.ts';
import { notePageViews, type PageViews } from './audit/index.ts';
import { domainRouters, type PagesSettings } from './domain-routers.ts';
import type { House } from './house.ts';
import {
  actorFor,
  askForActCode,
  attachActor,
  attachVisitor,
  decide,
  makeFreshProof,
  SCIM_PATH,
  type ScimSettings,
  scimRoutes,
  sessions,
} from './identity/index.ts';
import { API_PATH, apiRoutes } from './interchange/index.ts';
import { AppError } from './kernel/errors.ts';
import { newId } from './kernel/id.ts';
import { unreadCountSql } from './notifications/index.ts';
import { rowsOf } from './platform/db/statements.ts';
import type { Log } from './platform/logger.ts';
import { serveAssets } from './platform/web/assets.ts';
import { refuseCrossSite } from './platform/web/cross-site.ts';
import { errorPage, noSuchPage } from './platform/web/error-page.ts';
import { makeRenderer } from './platform/web/render.ts';
import { requestLog } from './platform/web/request-log.ts';
import type { DeclaredRoute } from './platform/web/router.ts';
import type { WebDeps } from './platform/web/web.ts';

export type AppSettings = PagesSettings & {
  /** How many proxies in front of us set X-Forwarded-For. */
  readonly trustProxy: number;
  readonly log: Log;
  /** A directory that manages staff over SCIM; null or without it none does. */
  readonly scim?: ScimSettings | null;
  /** Where it is kept which pages people looked at; without it nowhere. */
  readonly pageViews?: PageViews;
  /** A test's clock. */
  readonly readNow?: () => Date;
};

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

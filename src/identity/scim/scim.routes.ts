import express, { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import SCIMMY from 'scimmy';
import { system } from '../../kernel/actor.ts';
import { AppError, type ErrorKind, notFound } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { idParam } from '../../platform/web/params.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import type { Directory } from './people.service.ts';
import { groupResource, type ScimResource, userResource } from './scim.resources.ts';
import { bearsToken } from './token.ts';

export type ScimSettings = Directory & {
  /** SHA-256 of the token, hex: nothing here holds the token itself. */
  readonly tokenSha256: string;
};

/** Where it stands. It has neither session nor cookie, so nothing that a browser sends of itself gets in. */
export const SCIM_PATH = '/scim/v2';

const MOST_BODY = '1mb';
const MINUTE_S = 60;
/** Entra ID sends 25 a second at its busiest. */
const MOST_CALLS = 3_000;
const MOST_WRONG_TOKENS = 60;
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  'rule-broken': 400,
};

/**
 * SCIM 2.0 for the directory that manages the staff, behind its token. It asks for no permission of the table:
 * whoever holds the token is the directory, and what it may do is what stands here.
 * @source RFC 7643, RFC 7644
 */
export function scimRoutes(
  web: Pick<WebDeps, 'runInTx' | 'origin'>,
  settings: ScimSettings,
  logError: (entry: { requestId: string; error: unknown }) => void,
): Router {
  const router = Router();
  const base = `${web.origin}${SCIM_PATH}`;
  router.use(admit(settings.tokenSha256));
  router.use(express.json({ type: isJson, limit: MOST_BODY, reviver: refuseReserved }));
  addDescriptions(router, base);
  addResource(router, web, { name: 'Users', base, resource: userResource(settings, base) });
  addResource(router, web, { name: 'Groups', base, resource: groupResource(settings, base) });
  router.use(() => {
    throw notFound('page');
  });
  router.use(answerError(logError));
  return router;
}

/** Only the token opens; wrong and missing get one answer. */
function admit(tokenSha256: string): RequestHandler {
  const calls = new RateLimiterMemory({ points: MOST_CALLS, duration: MINUTE_S });
  const wrong = new RateLimiterMemory({ points: MOST_WRONG_TOKENS, duration: MINUTE_S });
  return async (req, res, next) => {
    req.actor = system('scim');
    res.type('application/scim+json').set('Cache-Control', 'no-store');
    const isIn = bearsToken(req.get('authorization'), tokenSha256);
    const isWithin = await (isIn ? calls.consume('all') : wrong.consume(req.ip ?? '')).then(
      () => true,
      () => false,
    );
    if (!isWithin)
      return void res.status(429).set('Retry-After', String(MINUTE_S)).json(failure(429, 'Too many calls'));
    if (isIn) return next();
    res.status(401).set('WWW-Authenticate', 'Bearer').json(failure(401, 'A valid token is needed'));
  };
}

const isJson = (req: { headers: { 'content-type'?: string | undefined } }): boolean =>
  /^application\/(scim\+)?json\s*(;|$)/i.test(req.headers['content-type'] ?? '');

/** Names that mean something else to the language the body is read in are in no resource. */
function refuseReserved(name: string, value: unknown): unknown {
  if (name === '__proto__' || name === 'constructor' || name === 'prototype')
    throw new SyntaxError('A reserved name');
  return value;
}

/** What this service can do, in SCIM's own words. */
function addDescriptions(router: Router, base: string): void {
  const { ServiceProviderConfig, ResourceType, Schema } = SCIMMY.Resources;
  for (const resource of [ServiceProviderConfig, ResourceType, Schema])
    (resource.basepath as unknown as (path: string) => void)(base);
  router.get('/ServiceProviderConfig', async (_req, res) => {
    res.json(await new ServiceProviderConfig().read());
  });
  for (const [path, Resource] of [
    ['/ResourceTypes', ResourceType],
    ['/Schemas', Schema],
  ] as const) {
    router.get(path, async (_req, res) => void res.json(await new Resource().read()));
    router.get(`${path}/:id`, async (req, res) => void res.json(await new Resource(req.params.id).read()));
  }
}

function addResource(
  router: Router,
  web: Pick<WebDeps, 'runInTx'>,
  of: { name: 'Users' | 'Groups'; base: string; resource: ScimResource },
): void {
  const { name, base, resource } = of;
  const inTx = <T>(req: Request, work: (ctx: Ctx) => Promise<T>) => web.runInTx(whoOf(req), work);
  router.get(`/${name}`, async (req, res) => {
    res.json(await inTx(req, (ctx) => resource.list(ctx, req.query)));
  });
  router.get(`/${name}/:id`, async (req, res) => {
    const id = idParam(req, 'id');
    res.json(await inTx(req, (ctx) => resource.read(ctx, id, req.query)));
  });
  router.post(`/${name}`, async (req, res) => {
    const made = await inTx(req, async (ctx) => {
      const { id } = await resource.create(ctx, req.body);
      return { id, shown: await resource.read(ctx, id, {}) };
    });
    res.status(201).location(`${base}/${name}/${made.id}`).json(made.shown);
  });
  for (const act of ['put', 'patch'] as const)
    router[act](`/${name}/:id`, async (req, res) => {
      const id = idParam(req, 'id');
      const shown = await inTx(req, async (ctx) => {
        await resource[act === 'put' ? 'replace' : 'patch'](ctx, id, req.body);
        return resource.read(ctx, id, req.query);
      });
      res.json(shown);
    });
  router.delete(`/${name}/:id`, async (req, res) => {
    const id = idParam(req, 'id');
    await inTx(req, (ctx) => resource.remove(ctx, id));
    res.status(204).end();
  });
}

/** Every refusal in SCIM's words; what is not expected is logged and not told. */
function answerError(logError: (entry: { requestId: string; error: unknown }) => void): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const { status, detail, scimType } = refusalOf(error);
    if (status >= 500) logError({ requestId: req.requestId, error });
    res.status(status).json(failure(status, detail, scimType));
  };
}

type Refusal = { readonly status: number; readonly detail: string; readonly scimType?: string | undefined };

function refusalOf(error: unknown): Refusal {
  if (error instanceof SCIMMY.Types.Error)
    return { status: error.status, detail: error.message, scimType: error.scimType };
  if (error instanceof AppError)
    return { status: STATUS[error.kind], detail: error.message, scimType: scimTypeOf(error) };
  // What the library says of a resource of a wrong shape.
  if (error instanceof TypeError && /attribute|expected/i.test(error.message))
    return { status: 400, detail: error.message, scimType: 'invalidValue' };
  if (typeof error === 'object' && error !== null && 'status' in error) {
    if (error.status === 413) return { status: 413, detail: 'The body is too large' };
    if (error.status === 400)
      return { status: 400, detail: 'The body is no JSON that can be read', scimType: 'invalidSyntax' };
  }
  return { status: 500, detail: 'This did not work' };
}

function scimTypeOf({ kind, code }: AppError): string | undefined {
  if (kind === 'conflict') return 'uniqueness';
  if (code === 'scim.filter') return 'invalidFilter';
  return kind === 'invalid' ? 'invalidValue' : undefined;
}

const failure = (status: number, detail: string, scimType?: string): object => ({
  schemas: [ERROR],
  status: String(status),
  ...(scimType === undefined ? {} : { scimType }),
  detail,
});

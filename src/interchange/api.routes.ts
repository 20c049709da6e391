import express, { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { tellForecast } from '../forecasts/index.ts';
import { system } from '../kernel/actor.ts';
import { AppError, type ErrorKind, forbidden, invalid, notFound } from '../kernel/errors.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { idempotencyKey, requisitionBody } from './api.forms.ts';
import { forecastBody } from './forecasts.forms.ts';
import { type Admitted, type IntegrationScope, tokenIn } from './integration.ts';
import { admitIntegration } from './integrations.service.ts';
import { receiveForecast } from './received-forecasts.service.ts';
import { receiveRequisition, tellRequisition } from './received-requisitions.service.ts';

/** Where it stands. It has neither session nor cookie, so nothing that a browser sends of itself gets in. */
export const API_PATH = '/api/v1';

const MINUTE_S = 60;
const MOST_CALLS = 600;
const MOST_WRONG_TOKENS = 30;
const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  'rule-broken': 422,
};

type ApiDeps = Pick<WebDeps, 'runInTx'> & { readonly catalogue: Catalogue };
type Caller = (req: Request) => Admitted;

/** What programs of ours send, behind a token each: what it may do is its scopes. Described in docs/api.md. */
export function apiRoutes(
  web: ApiDeps,
  logError: (entry: { requestId: string; error: unknown }) => void,
): Router {
  const router = Router();
  const callers = new WeakMap<Request, Admitted>();
  const callerOf: Caller = (req) => {
    const caller = callers.get(req);
    if (caller === undefined) throw new Error('A call that was not admitted');
    return caller;
  };
  router.use(admit(web, callers));
  router.use(express.json({ limit: '4mb' }));
  const asCaller = asCallerOf(callerOf);
  addRequisitions(router, web, { callerOf, asCaller });
  addForecasts(router, web, { callerOf, asCaller });
  router.use(() => {
    throw notFound('page');
  });
  router.use(answerError(web.catalogue, logError));
  return router;
}

type Callers = { readonly callerOf: Caller; readonly asCaller: ReturnType<typeof asCallerOf> };

/** Who acts in a call, where its token may. @throws AppError `integration.out-of-scope` */
const asCallerOf = (callerOf: Caller) => (req: Request, scope: IntegrationScope) => {
  const caller = callerOf(req);
  if (!caller.scopes.includes(scope))
    throw forbidden('integration.out-of-scope', `This token has no ${scope}`);
  return { actor: system(`interchange/${caller.name}`), requestId: req.requestId };
};

const keyOf = (req: Request): string => {
  const key = idempotencyKey.safeParse(req.get('idempotency-key'));
  if (!key.success) throw invalid('integration.needs-a-key', 'The header Idempotency-Key is needed');
  return key.data;
};

function addForecasts(router: Router, web: ApiDeps, { callerOf, asCaller }: Callers): void {
  router.post('/forecasts', async (req, res) => {
    const who = asCaller(req, 'forecasts.write');
    const key = keyOf(req);
    const body = parseForm(forecastBody, req.body);
    const { answer, isNew } = await web.runInTx(who, (ctx) =>
      receiveForecast(ctx, { integration: callerOf(req), key, body }),
    );
    res
      .status(isNew ? 201 : 200)
      .location(`${API_PATH}/forecasts/${answer.id}`)
      .json(answer);
  });

  router.get('/forecasts/:forecastId', async (req, res) => {
    const who = asCaller(req, 'forecasts.read');
    const forecastId = idParam(req, 'forecastId');
    res.json(await web.runInTx(who, (ctx) => tellForecast(ctx, forecastId)));
  });
}

function addRequisitions(router: Router, web: ApiDeps, { callerOf, asCaller }: Callers): void {
  router.post('/requisitions', async (req, res) => {
    const who = asCaller(req, 'requisitions.write');
    const key = keyOf(req);
    const body = parseForm(requisitionBody, req.body);
    const { answer, isNew } = await web.runInTx(who, (ctx) =>
      receiveRequisition(ctx, { integration: callerOf(req), key, body }),
    );
    res
      .status(isNew ? 201 : 200)
      .location(`${API_PATH}/requisitions/${answer.id}`)
      .json(answer);
  });

  router.get('/requisitions/:requisitionId', async (req, res) => {
    const who = asCaller(req, 'requisitions.read');
    const requisitionId = idParam(req, 'requisitionId');
    res.json(await web.runInTx(who, (ctx) => tellRequisition(ctx, requisitionId)));
  });
}

/** Only a token opens; wrong, revoked and missing ones get one answer. */
function admit(web: ApiDeps, callers: WeakMap<Request, Admitted>): RequestHandler {
  const calls = new RateLimiterMemory({ points: MOST_CALLS, duration: MINUTE_S });
  const wrong = new RateLimiterMemory({ points: MOST_WRONG_TOKENS, duration: MINUTE_S });
  return async (req, res, next) => {
    req.actor = system('interchange');
    res.set('Cache-Control', 'no-store');
    const token = tokenIn(req.get('authorization'));
    const caller =
      token === null
        ? undefined
        : await web.runInTx({ actor: req.actor, requestId: req.requestId }, (ctx) =>
            admitIntegration(ctx, token),
          );
    const isWithin = await (caller === undefined
      ? wrong.consume(req.ip ?? '')
      : calls.consume(caller.id)
    ).then(
      () => true,
      () => false,
    );
    if (!isWithin)
      return void res
        .status(429)
        .set('Retry-After', String(MINUTE_S))
        .json(failure('integration.too-many-calls', 'Too many calls; try again in a minute.'));
    if (caller === undefined)
      return void res
        .status(401)
        .set('WWW-Authenticate', 'Bearer')
        .json(failure('integration.needs-a-token', 'A valid token is needed.'));
    callers.set(req, caller);
    next();
  };
}

/** Every refusal with its code and, by path, what is wrong where; what is not expected is logged and not told. */
function answerError(
  catalogue: Catalogue,
  logError: (entry: { requestId: string; error: unknown }) => void,
): ErrorRequestHandler {
  const t = catalogue.translator('en');
  const say = (code: string, message: string, params: Record<string, string | number>): string =>
    catalogue.has('en', `errors.${code}`) ? t(`errors.${code}`, params) : message;
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof AppError) {
      const fields = error.fields.map(({ path, code, message, params = {} }) => ({
        path,
        code,
        message: say(code, message, params),
      }));
      return void res
        .status(STATUS[error.kind])
        .json(failure(error.code, say(error.code, error.message, error.params), fields));
    }
    const status = statusOf(error);
    if (status >= 500) logError({ requestId: req.requestId, error });
    res
      .status(status)
      .json(
        status === 413
          ? failure('integration.too-large', 'The body is too large.')
          : status === 400
            ? failure('form.malformed', 'The body is no JSON that can be read.')
            : failure('internal', `This did not work. It is noted under ${req.requestId}.`),
      );
  };
}

const statusOf = (error: unknown): number =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  (error.status === 413 || error.status === 400)
    ? error.status
    : 500;

const failure = (
  code: string,
  message: string,
  fields: readonly { path: string; code: string; message: string }[] = [],
): object => ({ error: { code, message, ...(fields.length === 0 ? {} : { fields }) } });

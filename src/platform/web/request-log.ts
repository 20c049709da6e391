import type { Request, RequestHandler } from 'express';
import type { Log } from '../logger.ts';

/** Writes one line an answered request: who, which page, how it went, how long it took. Paths hold ids, so the route's pattern stands for them. */
export function requestLog(log: Log): RequestHandler {
  return (req, res, next) => {
    const from = performance.now();
    res.once('close', () => {
      const status = res.writableFinished ? res.statusCode : 499;
      log[status >= 500 ? 'error' : 'info'](
        {
          requestId: req.requestId,
          actorId: req.actor?.userId ?? null,
          actorKind: req.actor?.kind ?? 'anonymous',
          method: req.method,
          route: routeOf(req),
          status,
          ms: Math.round((performance.now() - from) * 10) / 10,
        },
        'request',
      );
    });
    next();
  };
}

const routeOf = (req: Request): string => {
  const route: unknown = req.route;
  const isRoute = typeof route === 'object' && route !== null && 'path' in route;
  return isRoute ? `${req.baseUrl}${String(route.path)}` : '(none)';
};

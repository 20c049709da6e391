import type { RequestHandler } from 'express';
import { isAskedByMachine, subjectOf } from './page-view.ts';
import type { PageViews } from './page-views.service.ts';

/** Notes each page, file and export that a signed-in person was given, when the answer has gone out. */
export function notePageViews(views: Pick<PageViews, 'note'>): RequestHandler {
  return (req, res, next) => {
    if (req.method !== 'GET') return next();
    res.once('finish', () => {
      const { userId, supplierId } = req.actor;
      const route = patternOf(req.route as unknown);
      if (userId === null || route === null || !wasShown(res.statusCode) || isAskedByMachine(route)) return;
      views.note({
        notedMs: performance.now(),
        userId,
        supplierId,
        sessionId: req.sessionID,
        route,
        subject: subjectOf(route, req.params),
        requestId: req.requestId,
      });
    });
    next();
  };
}

/** A redirect shows nothing; "not modified" shows what the browser kept. */
const wasShown = (status: number): boolean => (status >= 200 && status < 300) || status === 304;

const patternOf = (route: unknown): string | null =>
  typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string'
    ? route.path
    : null;

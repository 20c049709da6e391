import type { Request, RequestHandler, Response } from 'express';
import { anonymous } from '../../kernel/actor.ts';
import { notFound } from '../../kernel/errors.ts';
import type { Limit } from '../../kernel/limit.ts';
import { isOwnPath } from '../../platform/web/return-to.ts';
import { pageOf, placeOf, purposeOf } from './purpose.ts';

/** Pages of signing in, and what is chosen in the browser: there a link's browser is nobody's. */
const NOBODYS = /^\/(sign-in|sign-out|signed-out|preferences|saml|development-idp|mailbox)(\/|$)/;
/** The links' own pages. */
const LINKS = /^\/l(\/|$)/;

/**
 * Keeps whoever came by a link to its document. Stands before all routes and knows them by name, so that a route
 * added later stays closed. What is not the document's asks for a real sign-in; another document is not there.
 */
export const keepWithinLimit: RequestHandler = (req, res, next) => {
  const limit = req.actor.limitedTo;
  if (limit === undefined || LINKS.test(req.path)) return next();
  if (NOBODYS.test(req.path)) {
    req.actor = anonymous;
    return next();
  }
  const purpose = purposeOf(limit.purpose);
  const place =
    purpose === null
      ? 'outside'
      : placeOf(purpose, { subjectId: limit.subject.id, method: req.method, path: req.path });
  if (place === 'own') return next();
  if (place === 'other' || req.method !== 'GET' || req.get('hx-request') !== undefined)
    throw notFound('page');
  leadAway(req, res, limit);
};

/** The way home is the document; anything else is for whoever signs in, and is where that leads. */
function leadAway(req: Request, res: Response, limit: Limit): void {
  const purpose = purposeOf(limit.purpose);
  if (req.path === '/' && purpose !== null) res.redirect(303, pageOf(purpose, limit.subject.id));
  else {
    if (isOwnPath(req.originalUrl)) req.session.returnTo = req.originalUrl;
    res.redirect(303, '/sign-in');
  }
}

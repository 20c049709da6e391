import type { Request, RequestHandler } from 'express';
import { scopeOf } from '../kernel/scope.ts';
import type { Database } from '../platform/db/database.ts';
import { sayOnNextPage } from '../platform/web/notices.ts';
import { principalsAt } from './delegation/delegation.ts';
import { readScopeMarks } from './scope/scope.ts';
import { isOver, isStale, sessionLimits } from './session.ts';
import { sessionUser } from './session-user.ts';
import { attachLimit } from './signed-link/link.web-session.ts';
import { isFresh } from './step-up/fresh.ts';
import { actorOf } from './user.ts';
import { renewSession } from './web-session.ts';

export type ActorSettings = {
  readonly db: Database;
  /** A test's clock; the database's, read with the user, when not given. */
  readonly readNow?: () => Date;
};

/**
 * Sets who acts, in which language, zone and theme. Whoever was deactivated, or whose session is over, is a
 * visitor from this request on.
 */
export function attachActor(settings: ActorSettings): RequestHandler {
  return async (req, res, next) => {
    const { userId } = req.session;
    if (userId === undefined) return next();
    const row = sessionUser(req);
    const now = settings.readNow?.() ?? row?.now;
    if (
      row === undefined ||
      now === undefined ||
      !row.isActive ||
      isOver(timesOf(req), sessionLimits[row.kind], now)
    ) {
      await renewSession(req);
      if (row?.isActive === true) sayOnNextPage(req, res, 'identity.session-over');
      return next();
    }
    if (isStale(timesOf(req), now)) req.session.seenAt = now.toISOString();
    req.actor = {
      ...actorOf(row),
      scope: scopeOf(row.roles, readScopeMarks(row.scopeMarks)),
      ...(row.delegations === null ? {} : { actsFor: principalsAt(row.delegations, row.roles, now) }),
    };
    req.hasFreshProof = isFresh(req.session, now);
    req.locale = row.locale;
    req.timeZone = row.timeZone;
    res.locals['theme'] = row.theme;
    res.locals['unreadCount'] = row.unreadCount;
    if (req.session.signedLinkId !== undefined) await attachLimit(req, res, { db: settings.db, now });
    next();
  };
}

const timesOf = (req: Request) => ({
  signedInAt: req.session.signedInAt,
  seenAt: req.session.seenAt,
});

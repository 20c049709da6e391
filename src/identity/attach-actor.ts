import type { Request, RequestHandler } from 'express';
import type { Role } from '../kernel/actor.ts';
import { scopeOf } from '../kernel/scope.ts';
import type { Database } from '../platform/db/database.ts';
import { namedOnce } from '../platform/db/statements.ts';
import type { Locale } from '../platform/i18n/catalogue.ts';
import { sayOnNextPage } from '../platform/web/notices.ts';
import { type DelegationMark, principalsAt } from './delegation/delegation.ts';
import { readScopeMarks } from './scope/scope.ts';
import { isOver, isStale, sessionLimits } from './session.ts';
import { attachLimit } from './signed-link/link.web-session.ts';
import { isFresh } from './step-up/fresh.ts';
import { actorOf, type Theme } from './user.ts';
import { renewSession } from './web-session.ts';

export type ActorSettings = {
  readonly db: Database;
  /** A test's clock; the database's, read with the user, when not given. */
  readonly readNow?: () => Date;
};

type Row = {
  id: string;
  kind: 'staff' | 'supplier';
  name: string;
  locale: Locale;
  timeZone: string;
  theme: Theme;
  supplierId: string | null;
  isActive: boolean;
  roles: Role[];
  scopeMarks: string[];
  delegations: DelegationMark[] | null;
  now: Date;
};

/** Everything a request needs to know of who makes it, in one statement. */
const WHO = `
  SELECT u.id, u.kind, u.name, u.locale, u.time_zone AS "timeZone", u.theme, u.supplier_id AS "supplierId",
         u.is_active AS "isActive", clock_timestamp() AS now,
         ARRAY(SELECT DISTINCT r.role FROM user_role AS r WHERE r.user_id = u.id) AS roles,
         ARRAY(SELECT s.kind || ':' || s.code FROM user_scope AS s WHERE s.user_id = u.id) AS "scopeMarks",
         (SELECT jsonb_agg(jsonb_build_object(
                   'userId', p.id, 'name', p.name, 'startsAt', d.starts_at, 'endsAt', d.ends_at,
                   'roles', ARRAY(SELECT DISTINCT r.role FROM user_role AS r
                                   WHERE r.user_id = p.id AND r.role = ANY (d.roles)),
                   'scopeMarks', ARRAY(SELECT s.kind || ':' || s.code FROM user_scope AS s WHERE s.user_id = p.id))
                   ORDER BY d.created_at, d.id)
            FROM delegation AS d
            JOIN user_account AS p ON p.id = d.principal_id AND p.is_active
           WHERE d.delegate_id = u.id AND d.ended_at IS NULL) AS delegations
    FROM user_account AS u
   WHERE u.id = $1`;

/**
 * Sets who acts, in which language, zone and theme. Whoever was deactivated, or whose session is over, is a
 * visitor from this request on.
 */
export function attachActor(settings: ActorSettings): RequestHandler {
  return async (req, res, next) => {
    const { userId } = req.session;
    if (userId === undefined) return next();
    const [row] = await namedOnce<Row>(settings.db, {
      name: 'identity.who',
      text: WHO,
      values: [userId],
    });
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
    if (req.session.signedLinkId !== undefined) await attachLimit(req, res, { db: settings.db, now });
    next();
  };
}

const timesOf = (req: Request) => ({
  signedInAt: req.session.signedInAt,
  seenAt: req.session.seenAt,
});

import type { Request } from 'express';
import type { SessionData } from 'express-session';
import type { Role } from '../kernel/actor.ts';
import type { Database } from '../platform/db/database.ts';
import { namedOnce } from '../platform/db/statements.ts';
import type { Locale } from '../platform/i18n/catalogue.ts';
import type { DelegationMark } from './delegation/delegation.ts';
import type { Theme } from './user.ts';

/** Everything a request needs to know of who makes it. */
export type SessionUser = {
  readonly id: string;
  readonly kind: 'staff' | 'supplier';
  readonly name: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly theme: Theme;
  readonly supplierId: string | null;
  readonly isActive: boolean;
  readonly roles: Role[];
  readonly scopeMarks: string[];
  readonly delegations: DelegationMark[] | null;
  readonly now: Date;
  readonly unreadCount: number;
};

// Each round trip to PostgreSQL is a tenth of a page: session and user come in one.
const sessionSql = (unreadCount: string): string => `
  SELECT s.sess, u.id, u.kind, u.name, u.locale, u.time_zone AS "timeZone", u.theme,
         u.supplier_id AS "supplierId", u.is_active AS "isActive", clock_timestamp() AS now,
         ${unreadCount} AS "unreadCount",
         ARRAY(SELECT DISTINCT r.role FROM user_role AS r WHERE r.user_id = u.id) AS roles,
         ARRAY(SELECT o.kind || ':' || o.code FROM user_scope AS o WHERE o.user_id = u.id) AS "scopeMarks",
         (SELECT jsonb_agg(jsonb_build_object(
                   'userId', p.id, 'name', p.name, 'startsAt', d.starts_at, 'endsAt', d.ends_at,
                   'roles', ARRAY(SELECT DISTINCT r.role FROM user_role AS r
                                   WHERE r.user_id = p.id AND r.role = ANY (d.roles)),
                   'scopeMarks', ARRAY(SELECT o.kind || ':' || o.code FROM user_scope AS o WHERE o.user_id = p.id))
                   ORDER BY d.created_at, d.id)
            FROM delegation AS d
            JOIN user_account AS p ON p.id = d.principal_id AND p.is_active
           WHERE d.delegate_id = u.id AND d.ended_at IS NULL) AS delegations
    FROM web_session AS s
    LEFT JOIN user_account AS u ON u.id = (s.sess ->> 'userId')::uuid
   WHERE s.sid = $1
     AND s.expire >= clock_timestamp()`;

type Row = { readonly sess: SessionData } & (SessionUser | { readonly id: null });

const usersOfSessions = new WeakMap<object, SessionUser>();
const usersOfRequests = new WeakMap<Request, SessionUser>();

/** Makes what finds a session by the hash of its id, with its user. */
export function makeFindSession(
  unreadCount: string,
): (db: Database, sidHash: string) => Promise<SessionData | undefined> {
  const text = sessionSql(unreadCount);
  return async (db, sidHash) => {
    const [row] = await namedOnce<Row>(db, { name: 'web_session.find', text, values: [sidHash] });
    if (row === undefined) return undefined;
    const { sess, ...user } = row;
    if (user.id !== null) usersOfSessions.set(sess, user);
    return sess;
  };
}

/** express-session makes the request's session from what it read: the user goes along. */
export function passOnUser(req: Request, read: object): void {
  const user = usersOfSessions.get(read);
  if (user !== undefined) usersOfRequests.set(req, user);
}

/** Whose session the request came with; undefined for a visitor's, and once the session is another. */
export function sessionUser(req: Request): SessionUser | undefined {
  const user = usersOfRequests.get(req);
  return user !== undefined && user.id === req.session.userId ? user : undefined;
}

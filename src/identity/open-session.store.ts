import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';

export type OpenSession = {
  readonly sid: string;
  readonly device: string;
  readonly signedInAt: string;
  readonly seenAt: string;
};
export type PastSignIn = { readonly at: Date; readonly method: string };

/** The user's open sessions, the one used last first. `sid` is a hash: it opens nothing. */
export const findSessions = (tx: Tx, userId: string): Promise<OpenSession[]> =>
  rowsOf<OpenSession>(
    tx,
    `SELECT s.sid, coalesce(s.sess ->> 'device', '') AS device, s.sess ->> 'signedInAt' AS "signedInAt",
            s.sess ->> 'seenAt' AS "seenAt"
       FROM web_session AS s
      WHERE s.sess ->> 'userId' = ? AND s.expire > clock_timestamp()
      ORDER BY s.sess ->> 'seenAt' DESC
      LIMIT 50`,
    [userId],
  );

/** The user's last sign-ins, the latest first. */
export const findSignIns = (tx: Tx, userId: string): Promise<PastSignIn[]> =>
  rowsOf<PastSignIn>(
    tx,
    `SELECT e.at, e.changes ->> 'method' AS method
       FROM event AS e
      WHERE e.subject_type = 'user' AND e.subject_id = ? AND e.action = 'user.signed-in'
      ORDER BY e.position DESC
      LIMIT 5`,
    [userId],
  );

/** Ends the user's sessions but this one. */
export const deleteOtherSessions = (tx: Tx, of: { userId: string; keepSid: string }): Promise<number> =>
  tx('web_session').whereRaw(`sess ->> 'userId' = ?`, [of.userId]).whereNot({ sid: of.keepSid }).delete();

import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

/** An opener's key: its public half, and the other as only the opener's passphrase unwraps it. */
export type OpenerKey = {
  readonly id: string;
  readonly userId: string;
  readonly recipient: string;
  readonly wrapped: Buffer;
  readonly createdAt: Date;
};

const KEY = `
       key.id, key.user_id AS "userId", key.recipient, key.wrapped, key.created_at AS "createdAt"`;

export async function insertOpenerKey(tx: Tx, key: OpenerKey): Promise<void> {
  await tx('opener_key').insert({
    id: key.id,
    user_id: key.userId,
    recipient: key.recipient,
    wrapped: key.wrapped,
    created_at: key.createdAt,
  });
}

/** The newest key of a person: the one it is appointed with. */
export const findCurrentKey = (tx: Tx, userId: string): Promise<OpenerKey | undefined> =>
  firstOf<OpenerKey>(
    tx,
    `SELECT ${KEY}
       FROM opener_key AS key
      WHERE key.user_id = ?
      ORDER BY key.created_at DESC, key.id DESC
      LIMIT 1`,
    [userId],
  );

/** The same without what was wrapped: for whoever appoints, or looks who was. */
export const findCurrentKeyIds = (
  tx: Tx,
  userIds: readonly string[],
): Promise<Pick<OpenerKey, 'id' | 'userId'>[]> =>
  rowsOf(
    tx,
    `SELECT DISTINCT ON (key.user_id) key.id, key.user_id AS "userId"
       FROM opener_key AS key
      WHERE key.user_id = ANY (?::uuid[])
      ORDER BY key.user_id, key.created_at DESC, key.id DESC`,
    [userIds],
  );

export type AppointedOpener = {
  readonly userId: string;
  readonly name: string;
  readonly openerKeyId: string;
  readonly appointedAt: Date;
};

export const findOpeners = (tx: Tx, eventId: string): Promise<AppointedOpener[]> =>
  rowsOf<AppointedOpener>(
    tx,
    `SELECT opener.user_id AS "userId", user_account.name, opener.opener_key_id AS "openerKeyId",
            opener.appointed_at AS "appointedAt"
       FROM event_opener AS opener
       JOIN user_account ON user_account.id = opener.user_id
      WHERE opener.event_id = ?
      ORDER BY user_account.name, opener.user_id`,
    [eventId],
  );

/** The appointed ones from now on, in place of those before. */
export async function replaceOpeners(
  tx: Tx,
  of: {
    eventId: string;
    openers: readonly { userId: string; openerKeyId: string }[];
    appointedBy: string;
    appointedAt: Date;
  },
): Promise<void> {
  await tx('event_opener').where({ event_id: of.eventId }).delete();
  if (of.openers.length === 0) return;
  await tx('event_opener').insert(
    of.openers.map((opener) => ({
      event_id: of.eventId,
      user_id: opener.userId,
      opener_key_id: opener.openerKeyId,
      appointed_by: of.appointedBy,
      appointed_at: of.appointedAt,
    })),
  );
}

/** The key that an opener was appointed with: its shares are sealed to that one, whatever key it made since. */
export const findAppointedKey = (
  tx: Tx,
  of: { eventId: string; userId: string },
): Promise<OpenerKey | undefined> =>
  firstOf<OpenerKey>(
    tx,
    `SELECT ${KEY}
       FROM event_opener AS opener
       JOIN opener_key AS key ON key.id = opener.opener_key_id
      WHERE opener.event_id = ?
        AND opener.user_id = ?`,
    [of.eventId, of.userId],
  );

/** An opener's share of one envelope, as the bidder sealed it. */
export type SealedOpenerShare = {
  readonly envelopeId: string;
  readonly sealed: Buffer;
  readonly shareSha256: string;
};

export const findSealedShares = (
  tx: Tx,
  of: { openerId: string; envelopeIds: readonly string[] },
): Promise<SealedOpenerShare[]> =>
  rowsOf<SealedOpenerShare>(
    tx,
    `SELECT share.envelope_id AS "envelopeId", share.sealed, share.share_sha256 AS "shareSha256"
       FROM bid_envelope_share AS share
      WHERE share.opener_id = ?
        AND share.envelope_id = ANY (?::uuid[])`,
    [of.openerId, of.envelopeIds],
  );

/** That an opener has given its part; what was wrong the last time is what counts. */
export const saveOpenerPart = (
  tx: Tx,
  part: { openingId: string; openerId: string; givenAt: Date; wrong: readonly string[] },
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO opener_part (opening_id, opener_id, given_at, wrong)
     VALUES (?, ?, ?, ?::text[])
         ON CONFLICT (opening_id, opener_id) DO UPDATE
        SET given_at = excluded.given_at, wrong = excluded.wrong`,
    [part.openingId, part.openerId, part.givenAt, part.wrong],
  );

/** Shares that fit, held sealed until they are enough. */
export type HeldShare = { readonly envelopeId: string; readonly openerId: string; readonly sealed: Buffer };

export const insertHeldShares = (tx: Tx, openingId: string, shares: readonly HeldShare[]): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO opener_share (opening_id, envelope_id, opener_id, sealed)
     SELECT ?, share.envelope_id, share.opener_id, share.sealed
       FROM unnest(?::uuid[], ?::uuid[], ?::bytea[]) AS share (envelope_id, opener_id, sealed)
         ON CONFLICT (envelope_id, opener_id) DO NOTHING`,
    [
      openingId,
      shares.map((share) => share.envelopeId),
      shares.map((share) => share.openerId),
      shares.map((share) => share.sealed),
    ],
  );

export const findHeldShares = (tx: Tx, openingId: string): Promise<HeldShare[]> =>
  rowsOf<HeldShare>(
    tx,
    `SELECT share.envelope_id AS "envelopeId", share.opener_id AS "openerId", share.sealed
       FROM opener_share AS share
      WHERE share.opening_id = ?
      ORDER BY share.envelope_id, share.opener_id`,
    [openingId],
  );

/** How far each appointed opener is with an opening. */
export type PartGiven = {
  readonly openerId: string;
  readonly openerName: string;
  readonly givenAt: Date | null;
  readonly wrong: readonly string[];
};

export const findParts = (tx: Tx, of: { eventId: string; openingId: string | null }): Promise<PartGiven[]> =>
  rowsOf<PartGiven>(
    tx,
    `SELECT opener.user_id AS "openerId", user_account.name AS "openerName", part.given_at AS "givenAt",
            coalesce(part.wrong, '{}') AS wrong
       FROM event_opener AS opener
       JOIN user_account ON user_account.id = opener.user_id
       LEFT JOIN opener_part AS part ON part.opener_id = opener.user_id AND part.opening_id = ?::uuid
      WHERE opener.event_id = ?
      ORDER BY part.given_at NULLS LAST, user_account.name, opener.user_id`,
    [of.openingId, of.eventId],
  );

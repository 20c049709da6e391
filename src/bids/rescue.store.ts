import type { Ctx, Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Envelope } from '../sourcing/index.ts';

export const placeOfRescue = (envelopeId: string): string => `bid_rescue.sealed.${envelopeId}`;

/** The keys that bidders of an event gave because openers failed. */
export async function findRescues(
  ctx: Ctx,
  eventId: string,
): Promise<{ envelopeId: string; identity: string }[]> {
  const rows = await rowsOf<{ envelopeId: string; sealed: Buffer }>(
    ctx.tx,
    `SELECT rescue.envelope_id AS "envelopeId", rescue.sealed
       FROM bid_rescue AS rescue
       JOIN bid ON bid.id = rescue.bid_id
      WHERE bid.event_id = ?`,
    [eventId],
  );
  return rows.map(({ envelopeId, sealed }) => ({
    envelopeId,
    identity: ctx.keyRing.unseal(sealed, placeOfRescue(envelopeId)).toString('utf8'),
  }));
}

/** The bids whose bidders gave their key, and when. */
export const findRescuedBids = (
  tx: Tx,
  eventId: string,
): Promise<{ bidId: string; envelopeId: string; givenAt: Date }[]> =>
  rowsOf(
    tx,
    `SELECT rescue.bid_id AS "bidId", rescue.envelope_id AS "envelopeId", rescue.given_at AS "givenAt"
       FROM bid_rescue AS rescue
       JOIN bid ON bid.id = rescue.bid_id
      WHERE bid.event_id = ?`,
    [eventId],
  );

export async function saveRescueRequest(
  tx: Tx,
  of: { openingId: string; at: Date; reason: string },
): Promise<void> {
  await tx('opening')
    .where({ id: of.openingId })
    .update({ rescue_requested_at: of.at, rescue_reason: of.reason });
}

/** The envelope of a bid that its bidder is asked for, if it is. */
export type RescueAsked = {
  readonly envelopeId: string;
  readonly envelope: Envelope;
  readonly recipient: string;
  readonly requestedAt: Date;
  readonly givenAt: Date | null;
};

export const findRescueAsked = (tx: Tx, bidId: string): Promise<RescueAsked | undefined> =>
  firstOf<RescueAsked>(
    tx,
    `SELECT envelope.id AS "envelopeId", envelope.envelope, envelope.recipient,
            opening.rescue_requested_at AS "requestedAt", rescue.given_at AS "givenAt"
       FROM bid
       JOIN bid_version ON bid_version.bid_id = bid.id AND bid_version.version = bid.current_version
       JOIN bid_envelope AS envelope ON envelope.version_id = bid_version.id
       JOIN opening ON opening.event_id = bid.event_id AND opening.round = bid.round AND opening.envelope = envelope.envelope
       LEFT JOIN bid_rescue AS rescue ON rescue.envelope_id = envelope.id
       LEFT JOIN opened_envelope AS opened ON opened.envelope_id = envelope.id
      WHERE bid.id = ?
        AND bid.state IN ('sealed', 'opened')
        AND opening.rescue_requested_at IS NOT NULL
        AND (opened.envelope_id IS NULL OR opened.fault IS NOT NULL)
      ORDER BY opening.rescue_requested_at DESC
      LIMIT 1`,
    [bidId],
  );

/** False when the key is there already. */
export async function insertRescue(
  tx: Tx,
  rescue: { envelopeId: string; bidId: string; sealed: Buffer; givenBy: string; givenAt: Date },
): Promise<boolean> {
  const inserted = await rowsOf(
    tx,
    `INSERT INTO bid_rescue (envelope_id, bid_id, sealed, given_by, given_at)
     VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (envelope_id) DO NOTHING
  RETURNING envelope_id`,
    [rescue.envelopeId, rescue.bidId, rescue.sealed, rescue.givenBy, rescue.givenAt],
  );
  return inserted.length === 1;
}

import type { CacheProvider } from '@node-saml/passport-saml';
import type { Ctx, Tx } from '../../platform/db/context.ts';
import { firstOf } from '../../platform/db/statements.ts';

export const REQUEST_LASTS_MS = 15 * 60_000;
/** Far longer than any assertion is accepted. */
const SEEN_LASTS_MS = 24 * 60 * 60_000;
const TICKET_LASTS_MS = 2 * 60_000;

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

/** The library's memory of requests it sent, shared by all web processes. */
export const requestCache = (
  inTx: <T>(work: (ctx: Pick<Ctx, 'tx' | 'now'>) => Promise<T>) => Promise<T>,
): CacheProvider => ({
  saveAsync: (id, value) =>
    inTx(async ({ tx, now }) => {
      await tx('saml_request').insert({ id, value, expires_at: after(now, REQUEST_LASTS_MS) });
      return { value, createdAt: now.getTime() };
    }),
  getAsync: (id) =>
    inTx(async ({ tx, now }) => {
      const row = await firstOf<{ value: string }>(
        tx,
        'SELECT r.value FROM saml_request AS r WHERE r.id = ? AND r.expires_at > ?',
        [id, now],
      );
      return row?.value ?? null;
    }),
  removeAsync: (id) =>
    inTx(async ({ tx }) =>
      id !== null && (await tx('saml_request').where({ id }).delete()) > 0 ? id : null,
    ),
});

/** The instant that our request bears, as the library wrote it; null when there is no such request. */
export const findRequestedAt = async (tx: Tx, id: string): Promise<string | null> =>
  (await firstOf<{ value: string }>(tx, 'SELECT r.value FROM saml_request AS r WHERE r.id = ?', [id]))
    ?.value ?? null;

/** Notes that this assertion and this request were answered; false when either was before. */
export async function insertSeen(
  tx: Tx,
  of: { issuer: string; assertionId: string; requestId: string; now: Date },
): Promise<boolean> {
  const rows = [`assertion ${of.assertionId}`, `request ${of.requestId}`].map((id) => ({
    issuer: of.issuer,
    id,
    expires_at: after(of.now, SEEN_LASTS_MS),
  }));
  const inserted = await tx('saml_assertion_seen')
    .insert(rows)
    .onConflict(['issuer', 'id'])
    .ignore()
    .returning('id');
  return inserted.length === rows.length;
}

/** A verified identity waits for the browser that asked, under the hash of its ticket. */
export async function insertTicket(
  tx: Tx,
  ticket: { tokenHash: string; requestId: string; identity: object; now: Date },
): Promise<void> {
  await tx('saml_ticket').insert({
    token_hash: ticket.tokenHash,
    request_id: ticket.requestId,
    identity: JSON.stringify(ticket.identity),
    expires_at: after(ticket.now, TICKET_LASTS_MS),
  });
}

export const findRequestOfTicket = async (tx: Tx, tokenHash: string): Promise<string | null> =>
  (
    await firstOf<{ requestId: string }>(
      tx,
      'SELECT t.request_id AS "requestId" FROM saml_ticket AS t WHERE t.token_hash = ?',
      [tokenHash],
    )
  )?.requestId ?? null;

/** Takes what waits under a ticket: once. */
export const takeTicket = <T>(
  tx: Tx,
  of: { tokenHash: string; now: Date },
): Promise<{ requestId: string; identity: T } | undefined> =>
  firstOf(
    tx,
    `DELETE FROM saml_ticket AS t
      WHERE t.token_hash = ? AND t.expires_at > ?
     RETURNING t.request_id AS "requestId", t.identity`,
    [of.tokenHash, of.now],
  );

/** Removes what no sign-in can use any more. */
export async function deleteExpired(tx: Tx, now: Date): Promise<void> {
  for (const table of ['saml_request', 'saml_assertion_seen', 'saml_ticket'])
    await tx(table).where('expires_at', '<=', now).delete();
}

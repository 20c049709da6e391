import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Admitted, Integration, IntegrationScope } from './integration.ts';

/** The integration whose token has this hash, unless it was shut out. */
export const findByToken = (tx: Tx, tokenSha256: string): Promise<Admitted | undefined> =>
  firstOf<Admitted>(
    tx,
    `SELECT one.id, one.name, one.scopes
       FROM integration AS one
      WHERE one.token_sha256 = ? AND one.revoked_at IS NULL`,
    [tokenSha256],
  );

export const findAll = (tx: Tx): Promise<Integration[]> =>
  rowsOf<Integration>(
    tx,
    `SELECT one.id, one.name, one.scopes, author.name AS "createdByName", one.created_at AS "createdAt",
            one.last_used_at AS "lastUsedAt", one.revoked_at AS "revokedAt"
       FROM integration AS one
       JOIN user_account AS author ON author.id = one.created_by
      ORDER BY one.revoked_at NULLS FIRST, lower(one.name), one.created_at
      LIMIT 500`,
  );

/** False where one of this name is let in already. */
export async function insertIntegration(
  tx: Tx,
  one: {
    id: string;
    name: string;
    tokenSha256: string;
    scopes: readonly IntegrationScope[];
    createdBy: string;
    createdAt: Date;
  },
): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    `INSERT INTO integration (id, name, token_sha256, scopes, created_by, created_at)
     VALUES (?, ?, ?, ?::text[], ?, ?)
     ON CONFLICT (lower(name)) WHERE revoked_at IS NULL DO NOTHING
     RETURNING id`,
    [one.id, one.name, one.tokenSha256, [...one.scopes], one.createdBy, one.createdAt],
  );
  return rows.length === 1;
}

/** The name of the one that was shut out; undefined where there is none, or it was shut out before. */
export const saveRevoked = (tx: Tx, of: { id: string; at: Date }): Promise<{ name: string } | undefined> =>
  firstOf<{ name: string }>(
    tx,
    `UPDATE integration AS one SET revoked_at = ? WHERE one.id = ? AND one.revoked_at IS NULL RETURNING one.name`,
    [of.at, of.id],
  );

export async function saveUse(tx: Tx, of: { id: string; at: Date }): Promise<void> {
  await tx('integration').where({ id: of.id }).update({ last_used_at: of.at });
}

export type Call = { readonly requestSha256: string; readonly answer: Readonly<Record<string, unknown>> };

/** Two calls with one key take turns; the second finds what the first was answered. */
export async function lockCall(
  tx: Tx,
  of: { integrationId: string; key: string },
): Promise<Call | undefined> {
  await tx.raw(`SELECT pg_advisory_xact_lock(hashtextextended('call ' || ? || ' ' || ?, 0))`, [
    of.integrationId,
    of.key,
  ]);
  return firstOf<Call>(
    tx,
    `SELECT call.request_sha256 AS "requestSha256", call.answer
       FROM integration_call AS call
      WHERE call.integration_id = ? AND call.idempotency_key = ?`,
    [of.integrationId, of.key],
  );
}

export async function insertCall(
  tx: Tx,
  call: Call & { integrationId: string; key: string; at: Date },
): Promise<void> {
  await tx('integration_call').insert({
    integration_id: call.integrationId,
    idempotency_key: call.key,
    request_sha256: call.requestSha256,
    answer: JSON.stringify(call.answer),
    at: call.at,
  });
}

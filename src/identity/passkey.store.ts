import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

export type Passkey = {
  readonly id: string;
  readonly userId: string;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
};

const PASSKEY = `
  SELECT p.id, p.user_id AS "userId", p.credential_id AS "credentialId", p.public_key AS "publicKey",
         p.counter::float8 AS counter, p.name, p.created_at AS "createdAt", p.last_used_at AS "lastUsedAt"
    FROM passkey AS p`;

export const findPasskeys = (tx: Tx, userId: string): Promise<Passkey[]> =>
  rowsOf<Passkey>(tx, `${PASSKEY} WHERE p.user_id = ? ORDER BY p.created_at, p.id LIMIT 50`, [userId]);

export const lockByCredentialId = (tx: Tx, credentialId: string): Promise<Passkey | undefined> =>
  firstOf<Passkey>(tx, `${PASSKEY} WHERE p.credential_id = ? FOR UPDATE`, [credentialId]);

export async function insertPasskey(tx: Tx, passkey: Omit<Passkey, 'lastUsedAt'>): Promise<boolean> {
  const inserted = await tx('passkey')
    .insert({
      id: passkey.id,
      user_id: passkey.userId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      name: passkey.name,
      created_at: passkey.createdAt,
    })
    .onConflict('credential_id')
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function savePasskeyUsed(tx: Tx, id: string, of: { counter: number; at: Date }): Promise<void> {
  await tx('passkey').where({ id }).update({ counter: of.counter, last_used_at: of.at });
}

export const deletePasskey = (tx: Tx, of: { id: string; userId: string }): Promise<number> =>
  tx('passkey').where({ id: of.id, user_id: of.userId }).delete();

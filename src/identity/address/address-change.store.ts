import type { Tx } from '../../platform/db/context.ts';
import { firstOf } from '../../platform/db/statements.ts';
import type { AddressChange } from './address-change.ts';

const CHANGE = `
  SELECT c.id, c.user_id AS "userId", c.supplier_id AS "supplierId", c.from_email AS "fromEmail",
         c.to_email AS "toEmail", c.state, c.requested_at AS "requestedAt",
         c.confirms_until AS "confirmsUntil", c.reverts_until AS "revertsUntil"
    FROM address_change AS c`;

export const findRequested = (tx: Tx, userId: string): Promise<AddressChange | undefined> =>
  firstOf<AddressChange>(tx, `${CHANGE} WHERE c.user_id = ? AND c.state = 'requested'`, [userId]);

export const lockRequested = (tx: Tx, userId: string): Promise<AddressChange | undefined> =>
  firstOf<AddressChange>(tx, `${CHANGE} WHERE c.user_id = ? AND c.state = 'requested' FOR UPDATE`, [userId]);

export const lockById = (tx: Tx, id: string): Promise<AddressChange | undefined> =>
  firstOf<AddressChange>(tx, `${CHANGE} WHERE c.id = ? FOR UPDATE`, [id]);

type Link = 'confirm' | 'revert';
const COLUMN: Readonly<Record<Link, string>> = { confirm: 'confirm_hash', revert: 'revert_hash' };

export const findByLink = (tx: Tx, link: Link, hash: string): Promise<AddressChange | undefined> =>
  firstOf<AddressChange>(tx, `${CHANGE} WHERE c.${COLUMN[link]} = ?`, [hash]);

export const lockByLink = (tx: Tx, link: Link, hash: string): Promise<AddressChange | undefined> =>
  firstOf<AddressChange>(tx, `${CHANGE} WHERE c.${COLUMN[link]} = ? FOR UPDATE`, [hash]);

export async function insertChange(tx: Tx, change: AddressChange): Promise<void> {
  await tx('address_change').insert({
    id: change.id,
    user_id: change.userId,
    supplier_id: change.supplierId,
    from_email: change.fromEmail,
    to_email: change.toEmail,
    state: change.state,
    requested_at: change.requestedAt,
    confirms_until: change.confirmsUntil,
  });
}

/** The newest mail's link is the one that works. */
export async function saveLink(tx: Tx, id: string, of: { link: Link; hash: string }): Promise<void> {
  await tx('address_change')
    .where({ id })
    .update({ [COLUMN[of.link]]: of.hash });
}

export async function saveState(tx: Tx, change: AddressChange, confirmedAt?: Date): Promise<void> {
  await tx('address_change')
    .where({ id: change.id })
    .update({
      state: change.state,
      reverts_until: change.revertsUntil,
      ...(confirmedAt === undefined ? {} : { confirmed_at: confirmedAt }),
    });
}

/** Takes a change back and with it all that came after: the link of a later one must not bring that address again. */
export async function saveRevertedSince(tx: Tx, change: AddressChange, at: Date): Promise<void> {
  await tx.raw(
    `UPDATE address_change
        SET state = 'reverted', reverted_at = ?
      WHERE user_id = ?
        AND state = 'confirmed'
        AND confirmed_at >= (SELECT first.confirmed_at FROM address_change AS first WHERE first.id = ?)`,
    [at, change.userId, change.id],
  );
}

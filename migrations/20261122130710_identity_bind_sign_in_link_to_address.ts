import type { Knex } from 'knex';

/**
 * A sign-in link is bound to the address it went to, and can be taken back. Two accounts of different suppliers
 * may have one address, each with a password of its own: an address is never the key.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    SET LOCAL lock_timeout = '5s';
    ALTER TABLE sign_in_link
      ADD COLUMN sent_to text CHECK (length(sent_to) <= 320),
      ADD COLUMN revoked_at timestamptz;
    UPDATE sign_in_link SET sent_to = u.email FROM user_account AS u WHERE u.id = sign_in_link.user_id;
    ALTER TABLE sign_in_link ALTER COLUMN sent_to SET NOT NULL;

    DROP INDEX user_account_by_password_email;
    CREATE INDEX user_account_by_password_email ON user_account (lower(email))
     WHERE kind = 'supplier' AND password_hash IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP INDEX user_account_by_password_email;
    CREATE UNIQUE INDEX user_account_by_password_email ON user_account (lower(email))
     WHERE kind = 'supplier' AND password_hash IS NOT NULL;
    ALTER TABLE sign_in_link DROP COLUMN sent_to, DROP COLUMN revoked_at;`);

import { all, MINE, OWN, rows, type Tables } from './access.ts';

const OWN_PEOPLE = `user_id IN (SELECT own.id FROM user_account AS own WHERE own.supplier_id = acting_supplier_id())`;
const OWN_SESSIONS = `sess ->> 'userId' IN (
  SELECT own.id::text FROM user_account AS own WHERE own.supplier_id = acting_supplier_id())`;

/**
 * People and how they sign in. A visitor is whoever is not signed in yet: the pages of the sign-in look accounts,
 * links and second factors up before they know who it is, and so does each request that comes with a session.
 */
export const identityTables: Tables = {
  // A supplier's people know the buying side by name; of other suppliers' people they know nothing.
  user_account: {
    visitor: all('SELECT, INSERT, UPDATE'),
    supplier: rows(`${OWN} OR kind = 'staff'`, 'SELECT, INSERT, UPDATE', OWN),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: rows('true', 'SELECT, UPDATE', 'id = acting_user_id()'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  user_role: {
    visitor: all('SELECT, INSERT, UPDATE, DELETE'),
    supplier: rows(OWN_PEOPLE, 'SELECT, INSERT, DELETE'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE, DELETE'),
  },
  sign_in_link: {
    visitor: all('SELECT, UPDATE'),
    supplier: rows(OWN_PEOPLE, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT (user_id, expires_at, used_at, revoked_at)'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  link_request: { visitor: all('INSERT'), worker: all('SELECT, DELETE') },
  // A link to a mailbox that was taken away removes, without a sign-in, what a thief may have added.
  passkey: {
    visitor: all('SELECT, UPDATE, DELETE'),
    supplier: rows(OWN_PEOPLE, 'SELECT, INSERT, UPDATE, DELETE'),
    staff: all('SELECT (user_id), DELETE'),
    audit: all('SELECT (user_id)'),
    worker: all('SELECT (user_id, credential_id, created_at), DELETE'),
  },
  totp: {
    visitor: all('SELECT, UPDATE, DELETE'),
    supplier: rows(OWN_PEOPLE, 'SELECT, INSERT, UPDATE, DELETE'),
    staff: all('SELECT (user_id, confirmed_at), DELETE'),
    audit: all('SELECT (user_id, confirmed_at)'),
    worker: all('SELECT (user_id, confirmed_at), DELETE'),
  },
  recovery_code: {
    visitor: all('SELECT, UPDATE (used_at), DELETE'),
    supplier: rows(OWN_PEOPLE, 'SELECT, INSERT, UPDATE (used_at), DELETE'),
    staff: all('SELECT (user_id, used_at), DELETE'),
    audit: all('SELECT (user_id, used_at)'),
    worker: all('SELECT (user_id), DELETE'),
  },
  web_session: {
    visitor: all('SELECT, INSERT, UPDATE, DELETE'),
    supplier: rows(OWN_SESSIONS, 'SELECT, DELETE'),
    staff: all('SELECT, DELETE'),
    audit: rows(`sess ->> 'userId' = acting_user_id()::text`, 'SELECT, DELETE'),
    worker: all('SELECT, DELETE'),
  },
  // Whoever leaves hands its unread messages on to a colleague, and an administrator ends its ways in.
  // The bell counts outside of transactions, and there everybody is a visitor: whose, and read or not, is all it gets.
  notification: {
    visitor: all('SELECT (user_id, read_at)'),
    supplier: rows(OWN_PEOPLE, 'SELECT, UPDATE (read_at, user_id)'),
    staff: rows(MINE, 'SELECT, UPDATE (read_at)'),
    audit: rows(MINE, 'SELECT, UPDATE (read_at)'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  address_change: {
    visitor: all('SELECT, UPDATE'),
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  // Staff who close an account stop its links.
  signed_link: {
    visitor: all('SELECT, UPDATE'),
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, UPDATE (revoked_at, revoked_why)'),
    audit: rows('true', 'SELECT, UPDATE (revoked_at, revoked_why)', 'false'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  signed_link_code: {
    visitor: all('SELECT, INSERT, UPDATE'),
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    worker: all('SELECT, INSERT, UPDATE, DELETE'),
  },
  // A failed sign-in is counted before anybody is signed in, by INSERT … ON CONFLICT, which reads what it adds to.
  sign_in_failure: {
    visitor: all('SELECT, INSERT, UPDATE'),
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE, DELETE'),
  },
  interrupted_form: {
    visitor: rows('false', 'SELECT, INSERT, DELETE', 'true'),
    supplier: rows(MINE, 'SELECT, INSERT, DELETE'),
    staff: rows(MINE, 'SELECT, INSERT, DELETE'),
    audit: rows(MINE, 'SELECT, INSERT, DELETE'),
    worker: all('SELECT, DELETE'),
  },
  known_device: { worker: all('SELECT, INSERT, UPDATE (device, last_seen_at)') },
  passkey_offer: { supplier: rows(MINE, 'SELECT, INSERT, UPDATE (postponed_until)') },
  // Mail of an installation without a mail server; its page asks as the worker.
  mailbox_message: { worker: all('SELECT, INSERT') },
};

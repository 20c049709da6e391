import type { Knex } from 'knex';

/**
 * What a SAML sign-in needs between its three requests, shared by all web processes: requests sent,
 * assertions and answered requests seen once, and verified results waiting for the browser that asked.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE saml_request (
      id         text        PRIMARY KEY,
      value      text        NOT NULL,
      expires_at timestamptz NOT NULL
    );
    CREATE INDEX saml_request_by_expiry ON saml_request (expires_at);

    CREATE TABLE saml_assertion_seen (
      issuer     text        NOT NULL,
      id         text        NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (issuer, id)
    );
    CREATE INDEX saml_assertion_seen_by_expiry ON saml_assertion_seen (expires_at);

    CREATE TABLE saml_ticket (
      token_hash text        PRIMARY KEY CHECK (length(token_hash) = 64),
      request_id text        NOT NULL,
      identity   jsonb       NOT NULL,
      expires_at timestamptz NOT NULL
    );
    CREATE INDEX saml_ticket_by_expiry ON saml_ticket (expires_at);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE saml_ticket, saml_assertion_seen, saml_request');

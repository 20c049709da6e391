import type { Knex } from 'knex';

/**
 * One message to one person about one act: listed under the bell, and mailed. The unique key makes telling
 * somebody twice impossible, however often the job that tells is run. No foreign key to `document`: its table
 * stands later.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE notification (
      id               uuid        PRIMARY KEY,
      event_id         uuid        NOT NULL,
      user_id          uuid        NOT NULL REFERENCES user_account,
      template         text        NOT NULL CHECK (template ~ '^[a-z][a-z-]*$'),
      params           jsonb       NOT NULL,
      facts            jsonb       NOT NULL,
      link             text        NOT NULL CHECK (link ~ '^/([^/]|$)'),
      has_sign_in_link boolean     NOT NULL,
      document_id      uuid,
      state            text        NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
      failure          text        CHECK (length(failure) <= 2000),
      created_at       timestamptz NOT NULL,
      sent_at          timestamptz,
      read_at          timestamptz,
      UNIQUE (event_id, user_id, template),
      CHECK ((state = 'sent') = (sent_at IS NOT NULL))
    );
    CREATE INDEX notification_of_user ON notification (user_id, (read_at IS NULL) DESC, id DESC);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE notification');

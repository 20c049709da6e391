import type { Knex } from 'knex';

/**
 * What people decided on one lot of a bid that an answer about that lot excludes. Until now the whole bid was kept or
 * set aside: what was kept so far is kept in each of those lots.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE lot_decision (
      bid_id      uuid        NOT NULL REFERENCES bid,
      lot_id      uuid        NOT NULL REFERENCES lot,
      -- The bid is compared without this lot; else it is kept in although an answer excludes it.
      is_excluded boolean     NOT NULL,
      reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      decided_by  uuid        NOT NULL REFERENCES user_account,
      decided_at  timestamptz NOT NULL,
      PRIMARY KEY (bid_id, lot_id)
    );
    CREATE INDEX lot_decision_by_lot ON lot_decision (lot_id);

    INSERT INTO lot_decision (bid_id, lot_id, is_excluded, reason, decided_by, decided_at)
    SELECT DISTINCT waiver.bid_id, requirement.lot_id, false, waiver.reason, waiver.waived_by, waiver.waived_at
      FROM knock_out_waiver AS waiver
      JOIN bid_response AS response ON response.bid_id = waiver.bid_id AND response.is_knock_out
      JOIN requirement ON requirement.id = response.requirement_id
     WHERE requirement.lot_id IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE lot_decision');

import type { Knex } from 'knex';

/**
 * Who has a part in a document besides its requester, and so decides no step of it. Awards that wait for a decision get
 * the chain that they would have got without rules: one approver, asked since they were proposed.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE approval ADD COLUMN barred_ids uuid[] NOT NULL DEFAULT '{}';

    WITH waiting AS (
      INSERT INTO approval (id, document_type, document_id, reference, title, amount, currency, requester_id,
                            plant_codes, category_codes, barred_ids, state, started_at)
      SELECT gen_random_uuid(), 'award', award.id, award.reference, event.title, award.total_amount, award.currency,
             award.proposed_by, ARRAY[event.plant_code], ARRAY[event.category_code], ARRAY[event.owner_id], 'pending',
             award.proposed_at
        FROM award
        JOIN sourcing_event AS event ON event.id = award.event_id
       WHERE award.state = 'pending_approval'
      RETURNING id, started_at
    )
    INSERT INTO approval_step (id, approval_id, stage, step_no, needs, approver_role, reason, remind_after_days, state,
                               since, due_at)
    SELECT gen_random_uuid(), waiting.id, 1, 1, 'all', 'approver', 'default', 2, 'pending', waiting.started_at,
           waiting.started_at + interval '2 days'
      FROM waiting`);

export const down = (db: Knex): Promise<unknown> => db.raw('ALTER TABLE approval DROP COLUMN barred_ids');

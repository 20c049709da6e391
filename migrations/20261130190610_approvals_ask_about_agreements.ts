import type { Knex } from 'knex';

const TYPES = "'requisition', 'sourcing_event', 'amendment', 'award', 'purchase_order'";

/**
 * Agreements go through chains of approvers too. A text that waits for its approval gets the chain that it would have got
 * without rules: one approver, asked from now on.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE approval_policy DROP CONSTRAINT approval_policy_document_type_check;
    ALTER TABLE approval_policy ADD CONSTRAINT approval_policy_document_type_check
      CHECK (document_type IN (${TYPES}, 'agreement'));
    ALTER TABLE approval DROP CONSTRAINT approval_document_type_check;
    ALTER TABLE approval ADD CONSTRAINT approval_document_type_check
      CHECK (document_type IN (${TYPES}, 'agreement'));

    WITH waiting AS (
      INSERT INTO approval (id, document_type, document_id, reference, title, amount, currency, requester_id,
                            plant_codes, category_codes, barred_ids, state, started_at)
      SELECT gen_random_uuid(), 'agreement', agreement.id, agreement.reference, version.terms ->> 'title',
             CAST(version.terms ->> 'valueLimit' AS numeric), version.terms ->> 'currency', version.submitted_by,
             ARRAY(SELECT jsonb_array_elements_text(version.terms -> 'plantCodes')),
             ARRAY[version.terms ->> 'categoryCode'], array_remove(ARRAY[version.author_id], NULL), 'pending', now()
        FROM agreement_version AS version
        JOIN agreement ON agreement.id = version.agreement_id
       WHERE version.state = 'pending_approval'
      RETURNING id, started_at
    )
    INSERT INTO approval_step (id, approval_id, stage, step_no, needs, approver_role, reason, remind_after_days, state,
                               since, due_at)
    SELECT gen_random_uuid(), waiting.id, 1, 1, 'all', 'approver', 'default', 2, 'pending', waiting.started_at,
           waiting.started_at + interval '2 days'
      FROM waiting`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DELETE FROM approval_step USING approval
     WHERE approval.id = approval_step.approval_id AND approval.document_type = 'agreement';
    DELETE FROM approval WHERE document_type = 'agreement';
    ALTER TABLE approval_policy DROP CONSTRAINT approval_policy_document_type_check;
    ALTER TABLE approval_policy ADD CONSTRAINT approval_policy_document_type_check CHECK (document_type IN (${TYPES}));
    ALTER TABLE approval DROP CONSTRAINT approval_document_type_check;
    ALTER TABLE approval ADD CONSTRAINT approval_document_type_check CHECK (document_type IN (${TYPES}));`);

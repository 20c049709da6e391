import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

export type RecordedPerson = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly kind: string;
  readonly roles: readonly string[];
  readonly supplierName: string | null;
  readonly firstActAt: Date | null;
  readonly lastActAt: Date | null;
};

export const findRecordedPerson = (tx: Tx, userId: string): Promise<RecordedPerson | undefined> =>
  firstOf<RecordedPerson>(
    tx,
    `SELECT person.id, person.name, person.email, person.kind, supplier.name AS "supplierName",
            ARRAY(SELECT DISTINCT user_role.role FROM user_role WHERE user_role.user_id = person.id ORDER BY 1) AS roles,
            (SELECT event.at FROM event WHERE event.actor_id = person.id ORDER BY position LIMIT 1) AS "firstActAt",
            (SELECT event.at FROM event WHERE event.actor_id = person.id ORDER BY position DESC LIMIT 1) AS "lastActAt"
       FROM user_account AS person
       LEFT JOIN supplier ON supplier.id = person.supplier_id
      WHERE person.id = ?`,
    [userId],
  );

/** An act on a sourcing event, or on an invitation, bid or award of it, before its bids were opened. */
export type ActBeforeOpening = {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly subjectType: string;
  readonly supplierName: string | null;
  readonly fromState: string | null;
  readonly toState: string | null;
  readonly reason: string | null;
  readonly eventId: string;
  readonly reference: string;
  readonly title: string;
  readonly openedAt: Date | null;
};

/** The newest 300 of them, event by event. Acts are what is recorded: which pages a person only read is not. */
export const findActsBeforeOpening = (tx: Tx, userId: string): Promise<ActBeforeOpening[]> =>
  rowsOf<ActBeforeOpening>(
    tx,
    `SELECT act.id, act.at, act.action, act.subject_type AS "subjectType", supplier.name AS "supplierName",
            act.from_state AS "fromState", act.to_state AS "toState", act.reason,
            sourcing_event.id AS "eventId", sourcing_event.reference, sourcing_event.title,
            sourcing_event.opened_at AS "openedAt"
       FROM (SELECT event.*
               FROM event
              WHERE event.actor_id = ?
                AND event.subject_type IN ('sourcing_event', 'invitation', 'bid', 'award')
              ORDER BY event.position DESC
              LIMIT 300) AS act
       LEFT JOIN invitation ON act.subject_type = 'invitation' AND invitation.id = act.subject_id
       LEFT JOIN bid ON act.subject_type = 'bid' AND bid.id = act.subject_id
       LEFT JOIN award ON act.subject_type = 'award' AND award.id = act.subject_id
       JOIN sourcing_event
         ON sourcing_event.id = COALESCE(invitation.event_id, bid.event_id, award.event_id, act.subject_id)
       LEFT JOIN supplier ON supplier.id = act.supplier_id
      WHERE sourcing_event.opened_at IS NULL OR act.at < sourcing_event.opened_at
      ORDER BY sourcing_event.created_at DESC, sourcing_event.id, act.position`,
    [userId],
  );

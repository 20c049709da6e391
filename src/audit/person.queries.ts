import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import { REFERENCE } from './record.queries.ts';

export type RecordedPerson = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly kind: string;
  readonly roles: readonly string[];
  readonly supplierName: string | null;
  readonly firstActAt: Date | null;
  readonly lastActAt: Date | null;
  readonly lastViewAt: Date | null;
};

export const findRecordedPerson = (tx: Tx, userId: string): Promise<RecordedPerson | undefined> =>
  firstOf<RecordedPerson>(
    tx,
    `SELECT person.id, person.name, person.email, person.kind, supplier.name AS "supplierName",
            ARRAY(SELECT user_role.role FROM user_role WHERE user_role.user_id = person.id ORDER BY 1) AS roles,
            (SELECT event.at FROM event WHERE event.actor_id = person.id ORDER BY position LIMIT 1) AS "firstActAt",
            (SELECT event.at FROM event WHERE event.actor_id = person.id ORDER BY position DESC LIMIT 1) AS "lastActAt",
            (SELECT max(page_view.at) FROM page_view WHERE page_view.user_id = person.id) AS "lastViewAt"
       FROM user_account AS person
       LEFT JOIN supplier ON supplier.id = person.supplier_id
      WHERE person.id = ?`,
    [userId],
  );

/** A sourcing event, for asking what happened before its bids were opened. */
export type AskedEvent = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly openedAt: Date | null;
};

export const findAskedEvent = (tx: Tx, reference: string): Promise<AskedEvent | undefined> =>
  firstOf<AskedEvent>(
    tx,
    `SELECT id, reference, title, opened_at AS "openedAt" FROM sourcing_event WHERE reference = upper(?)`,
    [reference],
  );

/** The sourcing events that a person's latest acts and views were about, the newest first. */
export const findEventsOfPerson = (tx: Tx, userId: string): Promise<AskedEvent[]> =>
  rowsOf<AskedEvent>(
    tx,
    `WITH subjects AS (
       (SELECT event.subject_type AS type, event.subject_id AS id
          FROM event
         WHERE event.actor_id = :userId
           AND event.subject_type IN ('sourcing_event', 'invitation', 'bid', 'award')
         ORDER BY event.position DESC
         LIMIT 300)
       UNION
       (SELECT page_view.subject_type, page_view.subject_id
          FROM page_view
         WHERE page_view.user_id = :userId
           AND page_view.subject_type IN ('sourcing_event', 'bid', 'award')
         ORDER BY page_view.at DESC, page_view.batch_id DESC, page_view.line_no DESC
         LIMIT 300)
     )
     SELECT DISTINCT sourcing_event.id, sourcing_event.reference, sourcing_event.title,
            sourcing_event.opened_at AS "openedAt"
       FROM subjects
       LEFT JOIN invitation ON subjects.type = 'invitation' AND invitation.id = subjects.id
       LEFT JOIN bid ON subjects.type = 'bid' AND bid.id = subjects.id
       LEFT JOIN award ON subjects.type = 'award' AND award.id = subjects.id
       JOIN sourcing_event ON sourcing_event.id = COALESCE(invitation.event_id, bid.event_id, award.event_id, subjects.id)
      ORDER BY sourcing_event.reference DESC
      LIMIT 20`,
    { userId },
  );

/** Which of a person's views; `to` is not included. */
export type ViewFilter = {
  readonly userId: string;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Only what was about these. */
  readonly subjectIds: readonly string[] | null;
};

/** Where in the views a list goes on: after this one. */
export type ViewPlace = { readonly at: Date; readonly batchId: string; readonly lineNo: number };

export type SeenRow = ViewPlace & {
  readonly route: string;
  readonly subjectType: string | null;
  readonly subjectId: string | null;
  readonly reference: string | null;
  readonly session: string;
  readonly requestId: string;
};

/** What a person was shown, the newest first. */
export const findSeen = (
  tx: Tx,
  { userId, from, to, subjectIds }: ViewFilter,
  page: { after: ViewPlace | null; limit: number },
): Promise<SeenRow[]> =>
  named<SeenRow>(tx, {
    name: `audit.seen${subjectIds === null ? '' : ' subjects'}`,
    text: `
  SELECT act.at, act.batch_id AS "batchId", act.line_no AS "lineNo", act.route, act.subject_type AS "subjectType",
         act.subject_id AS "subjectId", ${REFERENCE} AS reference, act.session, act.request_id AS "requestId"
    FROM (SELECT page_view.*
            FROM page_view
           WHERE page_view.user_id = $1
             AND page_view.at >= $2::timestamptz
             AND page_view.at < $3::timestamptz
             AND (page_view.at, page_view.batch_id, page_view.line_no) < ($4::timestamptz, $5::uuid, $6::integer)
             ${subjectIds === null ? '' : 'AND page_view.subject_id = ANY ($8::uuid[])'}
           ORDER BY page_view.at DESC, page_view.batch_id DESC, page_view.line_no DESC
           LIMIT $7) AS act
   ORDER BY act.at DESC, act.batch_id DESC, act.line_no DESC`,
    values: [
      userId,
      from ?? '-infinity',
      to ?? 'infinity',
      page.after?.at ?? 'infinity',
      page.after?.batchId ?? LAST_ID,
      page.after?.lineNo ?? 0,
      page.limit,
      ...(subjectIds === null ? [] : [subjectIds]),
    ],
  });

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

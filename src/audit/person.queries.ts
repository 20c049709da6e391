import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import { NAMES, REFERENCE, type RecordRow, SHOWN } from './audit.queries.ts';

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

/** Which of a person's acts and views; `to` is not included. */
export type PersonFilter = {
  readonly userId: string;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Only what was about this sourcing event, or what belongs to it. */
  readonly aboutEventId: string | null;
};

export type DoneRow = RecordRow & { readonly requestId: string | null };

/** What a person did, the newest first. */
export const findDone = (
  tx: Tx,
  filter: PersonFilter,
  page: { after: number | null; limit: number },
): Promise<DoneRow[]> => {
  const { asked, values, where } = conditionsOf('event', filter, 'event.actor_id');
  if (page.after !== null) where('after', page.after, (at) => `event.position < ${at}`);
  values.push(page.limit);
  return named<DoneRow>(tx, {
    name: `audit.done ${asked.names.join(' ')}`,
    text: `
  SELECT ${SHOWN}, act.request_id AS "requestId"
    FROM (SELECT event.*
            FROM event
           WHERE ${asked.conditions.join('\n             AND ')}
           ORDER BY event.position DESC
           LIMIT $${values.length}) AS act
    LEFT JOIN supplier AS whose ON whose.id = act.supplier_id
    ${NAMES}
   ORDER BY act.position DESC`,
    values,
  });
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
  filter: PersonFilter,
  page: { after: ViewPlace | null; limit: number },
): Promise<SeenRow[]> => {
  const { asked, values, where } = conditionsOf('page_view', filter, 'page_view.user_id');
  if (page.after !== null) {
    const { at, batchId, lineNo } = page.after;
    where(
      'after',
      `${at.toISOString()} ${batchId} ${lineNo}`,
      (place) =>
        `(page_view.at, page_view.batch_id, page_view.line_no) < (split_part(${place}, ' ', 1)::timestamptz,
               split_part(${place}, ' ', 2)::uuid, split_part(${place}, ' ', 3)::integer)`,
    );
  }
  values.push(page.limit);
  return named<SeenRow>(tx, {
    name: `audit.seen ${asked.names.join(' ')}`,
    text: `
  SELECT act.at, act.batch_id AS "batchId", act.line_no AS "lineNo", act.route, act.subject_type AS "subjectType",
         act.subject_id AS "subjectId", ${REFERENCE} AS reference, act.session, act.request_id AS "requestId"
    FROM (SELECT page_view.*
            FROM page_view
           WHERE ${asked.conditions.join('\n             AND ')}
           ORDER BY page_view.at DESC, page_view.batch_id DESC, page_view.line_no DESC
           LIMIT $${values.length}) AS act
    ${NAMES}
   ORDER BY act.at DESC, act.batch_id DESC, act.line_no DESC`,
    values,
  });
};

/** The statement holds only the conditions that are asked for and is named after them. */
function conditionsOf(table: 'event' | 'page_view', filter: PersonFilter, person: string) {
  const values: unknown[] = [];
  const asked = { names: [] as string[], conditions: [] as string[] };
  const where = (name: string, value: unknown, condition: (at: string) => string): void => {
    if (value === null) return;
    values.push(value);
    asked.names.push(name);
    asked.conditions.push(condition(`$${values.length}`));
  };
  where('person', filter.userId, (at) => `${person} = ${at}::uuid`);
  where('from', filter.from, (at) => `${table}.at >= ${at}::timestamptz`);
  where('to', filter.to, (at) => `${table}.at < ${at}::timestamptz`);
  where('event', filter.aboutEventId, (at) => `${table}.subject_id = ANY (${partsOfEvent(at)})`);
  return { asked, values, where };
}

/** The event and what belongs to it: invitations, bids, awards, and the files of each. */
const partsOfEvent = (at: string): string => {
  const parts = `
               SELECT ${at}::uuid AS id
                UNION ALL SELECT invitation.id FROM invitation WHERE invitation.event_id = ${at}::uuid
                UNION ALL SELECT bid.id FROM bid WHERE bid.event_id = ${at}::uuid
                UNION ALL SELECT award.id FROM award WHERE award.event_id = ${at}::uuid`;
  return `ARRAY(${parts}
                UNION ALL SELECT document.id FROM document WHERE document.subject_id IN (${parts}))`;
};

import { newId } from '../kernel/id.ts';
import type { Ctx, Tx } from '../platform/db/context.ts';
import { named, namedUnawaited } from '../platform/db/statements.ts';
import type { Act } from './act.ts';

const ONE = `
  INSERT INTO event (id, at, actor_kind, actor_id, actor_name, request_id, action, subject_type, subject_id,
                     supplier_id, from_state, to_state, reason, changes, on_behalf_of_id, on_behalf_of_name)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;
const SEVERAL = `
  INSERT INTO event (id, at, actor_kind, actor_id, actor_name, request_id, action, subject_type, subject_id,
                     supplier_id, from_state, to_state, reason, changes, on_behalf_of_id, on_behalf_of_name)
  SELECT act.id, $1, $2, $3, $4, $5, act.action, act.subject_type, act.subject_id,
         act.supplier_id, act.from_state, act.to_state, act.reason, act.changes, $7, $8
    FROM jsonb_to_recordset($6::jsonb)
      AS act (id uuid, action text, subject_type text, subject_id uuid, supplier_id uuid,
              from_state text, to_state text, reason text, changes jsonb)`;

/**
 * Appends the acts in their order and gives their ids. They are sent and not waited for: the commit waits, and
 * fails when one was refused. One act, as nearly always, is sent as a plain row.
 */
export async function insertActs(ctx: Ctx, acts: readonly Act[]): Promise<string[]> {
  const [only, ...others] = acts.map((act) => ({
    id: newId(),
    action: act.action,
    subject_type: act.subject.type,
    subject_id: act.subject.id,
    supplier_id: act.supplierId ?? ctx.actor.supplierId,
    from_state: act.from ?? null,
    to_state: act.to ?? null,
    reason: act.reason ?? null,
    changes: act.changes ?? {},
  }));
  if (only === undefined) return [];
  const { actor, now, requestId } = ctx;
  const who = [now, actor.kind, actor.userId, actor.name, requestId];
  const forWhom = [actor.onBehalfOf?.userId ?? null, actor.onBehalfOf?.name ?? null];
  const rows = [only, ...others];
  if (others.length > 0) {
    const values = [...who, JSON.stringify(rows), ...forWhom];
    await namedUnawaited(ctx.tx, { name: 'event.insert', text: SEVERAL, values });
  } else {
    const { id, changes, ...what } = only;
    const values = [id, ...who, ...Object.values(what), JSON.stringify(changes), ...forWhom];
    await namedUnawaited(ctx.tx, { name: 'event.insert-one', text: ONE, values });
  }
  return rows.map((row) => row.id);
}

/** One line of a document's timeline. */
export type TimelineEntry = {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly actorName: string;
  readonly actorKind: string;
  /** For whom it was done, where not in the actor's own name. */
  readonly onBehalfOfName: string | null;
  /** What it happened to: its states have names of their own. */
  readonly subjectType: string;
  /** Whom it concerns; only readers of the buying side are told. */
  readonly supplierName: string | null;
  readonly fromState: string | null;
  readonly toState: string | null;
  readonly reason: string | null;
  readonly changes: Readonly<Record<string, unknown>>;
};

/** The newest acts on these subjects, newest first; with `supplierId`, only those that concern it. */
export const findTimeline = (
  tx: Tx,
  of: { subjectIds: readonly string[]; supplierId: string | null; limit: number },
): Promise<TimelineEntry[]> =>
  named<TimelineEntry>(tx, {
    name: 'event.timeline',
    text: `
      SELECT event.id, event.at, event.action, event.actor_name AS "actorName", event.actor_kind AS "actorKind",
             event.on_behalf_of_name AS "onBehalfOfName", event.subject_type AS "subjectType", event.from_state AS "fromState",
             event.to_state AS "toState", event.reason, event.changes, supplier.name AS "supplierName"
        FROM event
        LEFT JOIN supplier ON supplier.id = event.supplier_id AND $2::uuid IS NULL
       WHERE event.subject_id = ANY ($1::uuid[])
         AND ($2::uuid IS NULL OR event.supplier_id = $2::uuid)
       ORDER BY event.position DESC
       LIMIT $3`,
    values: [of.subjectIds, of.supplierId, of.limit],
  });

/** All acts on a subject, oldest first. */
export const findActsOn = (tx: Tx, subject: { type: string; id: string }): Promise<TimelineEntry[]> =>
  named<TimelineEntry>(tx, {
    name: 'event.on-subject',
    text: `
      SELECT event.id, event.at, event.action, event.actor_name AS "actorName", event.actor_kind AS "actorKind",
             event.on_behalf_of_name AS "onBehalfOfName", event.subject_type AS "subjectType", event.from_state AS "fromState",
             event.to_state AS "toState", event.reason, event.changes, supplier.name AS "supplierName"
        FROM event
        LEFT JOIN supplier ON supplier.id = event.supplier_id AND $2::uuid IS NULL
       WHERE event.subject_type = $1
         AND event.subject_id = $2::uuid
       ORDER BY event.position`,
    values: [subject.type, subject.id],
  });

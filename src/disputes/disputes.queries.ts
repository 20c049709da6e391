import { hasRole } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, instantKey, partOf, type Sort } from '../platform/db/keyset.ts';
import { scopeConditions } from '../platform/db/scope.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import { PLACE } from './dispute.store.ts';
import type { Dispute, DisputedType, DisputeTopic, Side } from './dispute.ts';
import type { Talked } from './message.store.ts';
import { typesReadBy } from './readable-types.ts';

/** What the list is asked for; `search` finds a part of the title, of its number or of the document's. */
export type DisputeFilter = {
  readonly show: 'open' | 'mine' | 'ended' | 'all';
  readonly topic: DisputeTopic | null;
  readonly search: string | null;
};

export type DisputeRow = Pick<
  Dispute,
  | 'id'
  | 'reference'
  | 'title'
  | 'topic'
  | 'state'
  | 'subjectType'
  | 'subjectReference'
  | 'dueAt'
  | 'createdAt'
  | 'openedBySide'
  | 'proposedBySide'
> & { readonly supplierName: string; readonly ownerName: string };

const SORT: Sort<DisputeRow> = {
  keys: [
    instantKey<DisputeRow>('dispute.created_at', (row) => row.createdAt),
    idKey<DisputeRow>('dispute.id'),
  ],
  direction: 'DESC',
};

const SELECT = `
  SELECT dispute.id, dispute.reference, dispute.title, dispute.topic, dispute.state,
         dispute.subject_type AS "subjectType", dispute.subject_reference AS "subjectReference",
         dispute.due_at AS "dueAt", dispute.created_at AS "createdAt",
         dispute.opened_by_side AS "openedBySide", dispute.proposed_by_side AS "proposedBySide",
         supplier.name AS "supplierName", owner.name AS "ownerName"
    FROM dispute
    JOIN supplier ON supplier.id = dispute.supplier_id
    JOIN user_account AS owner ON owner.id = dispute.owner_id`;

const ENDED = `('resolved', 'decided', 'withdrawn')`;

/** One page of the disputes the actor may see, the newest first. */
export const listDisputes = (ctx: Ctx, filter: DisputeFilter, page: PageRequest): Promise<Page<DisputeRow>> =>
  findListPage<DisputeRow>(ctx.tx, {
    name: 'dispute.list',
    select: SELECT,
    conditions: [
      ...scopeConditions(ctx.actor, PLACE),
      { name: 'supplier', value: ctx.actor.supplierId, sql: (at) => `dispute.supplier_id = ${at}::uuid` },
      { name: 'types', value: typesReadBy(ctx), sql: (at) => `dispute.subject_type = ANY (${at}::text[])` },
      { name: 'topic', value: filter.topic, sql: (at) => `dispute.topic = ${at}` },
      {
        name: 'mine',
        value: filter.show === 'mine' ? ctx.actor.userId : null,
        sql: (at) => `(dispute.owner_id = ${at}::uuid OR dispute.opened_by = ${at}::uuid)`,
      },
      {
        name: 'over',
        value: filter.show === 'all' || filter.show === 'mine' ? null : filter.show === 'ended',
        sql: (at) => `(dispute.state IN ${ENDED}) = ${at}::boolean`,
      },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) =>
          `(dispute.title ILIKE ${at} OR dispute.reference ILIKE ${at} OR dispute.subject_reference ILIKE ${at})`,
      },
    ],
    sort: { ...SORT, name: 'newest' },
    page,
  });

/** The names a dispute's page shows. */
export type DisputeNames = {
  readonly supplierName: string;
  readonly ownerName: string;
  readonly openerName: string;
  readonly deciderName: string | null;
};

export const findNames = (ctx: Ctx, disputeId: string): Promise<DisputeNames | undefined> =>
  firstOf<DisputeNames>(
    ctx.tx,
    `SELECT supplier.name AS "supplierName", owner.name AS "ownerName", opener.name AS "openerName",
            decider.name AS "deciderName"
       FROM dispute
       JOIN supplier ON supplier.id = dispute.supplier_id
       JOIN user_account AS owner ON owner.id = dispute.owner_id
       JOIN user_account AS opener ON opener.id = dispute.opened_by
       LEFT JOIN user_account AS decider ON decider.id = dispute.decided_by
      WHERE dispute.id = ?`,
    [disputeId],
  );

/** A dispute about a document, as the document's own page lists it. */
export type DisputeOfDocument = Pick<Dispute, 'id' | 'reference' | 'title' | 'state'>;

export const findOfDocument = (
  ctx: Ctx,
  on: { type: DisputedType; id: string },
): Promise<DisputeOfDocument[]> =>
  rowsOf<DisputeOfDocument>(
    ctx.tx,
    `SELECT dispute.id, dispute.reference, dispute.title, dispute.state
       FROM dispute
      WHERE dispute.subject_type = ?
        AND dispute.subject_id = ?
      ORDER BY dispute.created_at DESC
      LIMIT 50`,
    [on.type, on.id],
  );

/** How many messages stand on a document, and how many of the other side this reader has not read. */
export const countMessages = async (
  ctx: Ctx,
  on: Talked,
  side: Side,
): Promise<{ count: number; unread: number }> =>
  (await firstOf<{ count: number; unread: number }>(
    ctx.tx,
    `SELECT count(*)::int AS count,
            count(*) FILTER (WHERE message.author_side <> ? AND (reading.read_at IS NULL OR message.at > reading.read_at))::int
              AS unread
       FROM message
       LEFT JOIN message_reading AS reading
         ON reading.subject_type = message.subject_type
        AND reading.subject_id = message.subject_id
        AND reading.user_id = ?
      WHERE message.subject_type = ?
        AND message.subject_id = ?`,
    [side, ctx.actor.userId, on.type, on.id],
  )) ?? { count: 0, unread: 0 };

type Waiting = {
  readonly id: string;
  readonly label: string;
  readonly dueAt: Date | null;
  readonly count: number;
};

/** Disputes whose next word is this actor's. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  const turn =
    actor.kind === 'supplier' ? 'supplier' : hasRole(actor, 'approver') ? 'approver-or-owner' : 'owner';
  if (actor.userId === null || (actor.kind === 'staff' && !hasRole(actor, 'buyer', 'approver'))) return [];
  const rows = await named<Waiting>(ctx.tx, {
    name: `dispute.waiting-for-${turn}`,
    text: `
      SELECT dispute.id, dispute.reference || ' · ' || dispute.title AS label, dispute.due_at AS "dueAt",
             count(*) OVER ()::int AS count
        FROM dispute
       WHERE (${TURNS[turn]})
         AND dispute.subject_type = ANY ($2::text[])
       ORDER BY dispute.due_at
       LIMIT 5`,
    values: [turn === 'supplier' ? actor.supplierId : actor.userId, typesReadBy(ctx)],
  });
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: 'waiting.disputes.to-answer',
      count: first.count,
      href: '/disputes',
      urgent: rows.some((row) => row.dueAt !== null && row.dueAt < ctx.now),
      items: rows.map(({ id, label, dueAt }) => ({ label, href: `/disputes/${id}`, dueAt })),
    },
  ];
}

const turnOf = (side: Side, other: Side): string => `(
         dispute.state = 'awaiting_${side}'
         OR (dispute.state IN ('open', 'acknowledged') AND dispute.opened_by_side = '${other}')
         OR (dispute.state = 'proposed_resolution' AND dispute.proposed_by_side = '${other}'))`;
const OWNERS_TURN = `dispute.owner_id = $1::uuid AND ${turnOf('buyer', 'supplier')}`;

const TURNS: Readonly<Record<'supplier' | 'owner' | 'approver-or-owner', string>> = {
  supplier: `dispute.supplier_id = $1::uuid AND ${turnOf('supplier', 'buyer')}`,
  owner: OWNERS_TURN,
  'approver-or-owner': `(${OWNERS_TURN}) OR (dispute.state = 'escalated' AND dispute.owner_id <> $1::uuid)`,
};

import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf } from '../platform/db/keyset.ts';
import { inScope, scopeConditions } from '../platform/db/scope.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { WaitingLine } from './requisition.ts';

const SELECT = `
  SELECT line.id, line.requisition_id AS "requisitionId", line.line_no AS "lineNo", line.item_code AS "itemCode",
         line.description, trim_scale(line.quantity)::text AS quantity, line.unit,
         line.original_unit AS "originalUnit", line.plant_code AS "plantCode", line.need_by_on AS "needByOn",
         (SELECT trim_scale(sum(part.quantity))::text FROM requisition_line AS part
           WHERE part.requisition_id = line.requisition_id AND part.line_no = line.line_no) AS "wholeQuantity",
         line.account, trim_scale(line.estimated_price)::text AS "estimatedPrice", line.progress,
         requisition.reference, requisition.category_code AS "categoryCode", requisition.currency,
         requester.name AS "requesterName"
    FROM requisition_line AS line
    JOIN requisition ON requisition.id = line.requisition_id
    JOIN user_account AS requester ON requester.id = requisition.requester_id`;

/** A line waits from its approval until an event asks for it. */
const WAITS = `line.progress = 'open' AND requisition.state IN ('approved', 'sourcing', 'part_ordered')`;
const PLACE = { plant: 'line.plant_code', category: 'requisition.category_code' };

/** Those of these lines that wait, in the order they were asked for. */
export const findWaitingLines = (
  ctx: Ctx,
  of: {
    lineIds: readonly string[];
    plants: readonly string[] | null;
    categories: readonly string[] | null;
  },
): Promise<WaitingLine[]> =>
  rowsOf<WaitingLine>(
    ctx.tx,
    `${SELECT}
      WHERE line.id = ANY (CAST(:lineIds AS uuid[]))
        AND ${WAITS}
        AND ${inScope(PLACE, { plants: ':plants', categories: ':categories' })}
      ORDER BY requisition.created_at, requisition.id, line.line_no, line.part_no`,
    { ...of, lineIds: [...of.lineIds] },
  );

/** These lines as whoever has taken them sees them, whether they wait or not. */
export const findTakenLines = (ctx: Ctx, lineIds: readonly string[]): Promise<WaitingLine[]> =>
  rowsOf<WaitingLine>(
    ctx.tx,
    `${SELECT}
      WHERE line.id = ANY (CAST(:lineIds AS uuid[]))
      ORDER BY requisition.created_at, requisition.id, line.line_no, line.part_no`,
    { lineIds: [...lineIds] },
  );

export type WaitingLineFilter = {
  readonly search: string;
  readonly category: string | null;
  readonly plant: string | null;
  readonly neededBy: Day | null;
};

const NEED_BY: Key<WaitingLine> = {
  sql: `COALESCE(line.need_by_on, 'infinity'::date)`,
  type: 'date',
  of: (row) => row.needByOn ?? 'infinity',
  accepts: (value) => value === 'infinity' || /^\d{4}-\d\d-\d\d$/.test(value),
};

/** One page of what waits to be bought, the most urgent first. @throws AppError `page.not-found` */
export const listWaitingLines = (
  ctx: Ctx,
  filter: WaitingLineFilter,
  page: PageRequest,
): Promise<Page<WaitingLine>> =>
  findListPage<WaitingLine>(ctx.tx, {
    name: 'requisition-line.waiting',
    select: SELECT,
    conditions: [
      // The place is bound so that every condition has one; the index is chosen by the words before it.
      { name: 'waits', value: 'open', sql: (at) => `${WAITS} AND line.progress = ${at}` },
      ...scopeConditions(ctx.actor, PLACE),
      { name: 'category', value: filter.category, sql: (at) => `requisition.category_code = ${at}` },
      { name: 'plant', value: filter.plant, sql: (at) => `line.plant_code = ${at}` },
      { name: 'needed', value: filter.neededBy, sql: (at) => `line.need_by_on <= ${at}::date` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) =>
          `(line.description ILIKE ${at} OR line.item_code ILIKE ${at} OR requisition.reference ILIKE ${at})`,
      },
    ],
    sort: { keys: [NEED_BY, idKey<WaitingLine>('line.id')], direction: 'ASC', name: 'need-by' },
    page,
  });

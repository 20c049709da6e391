import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { amountKey, currencyKey, findListPage, idKey, partOf, type Sort } from '../platform/db/keyset.ts';
import { scopeConditions } from '../platform/db/scope.ts';
import type { AwardState } from './award.ts';

/** A row of the list of awards. */
export type AwardRow = {
  readonly id: string;
  readonly reference: string;
  readonly state: AwardState;
  readonly eventId: string;
  readonly eventReference: string;
  readonly eventTitle: string;
  readonly currency: string;
  readonly totalAmount: DecimalString;
  readonly supplierCount: number;
  readonly proposedByName: string;
  readonly proposedAt: Date;
};

export const awardSorts = ['newest', 'oldest', 'largest', 'smallest'] as const;
export type AwardSort = (typeof awardSorts)[number];

/** `search` finds a part of the award's or the event's number, or of the event's title. */
export type AwardFilter = {
  readonly search: string;
  readonly state: AwardState | null;
  readonly sort: AwardSort;
};

// Ids are made in the order of proposing.
const ID = idKey<AwardRow>('award.id');
const CURRENCY = currencyKey<AwardRow>('award.currency', (row) => row.currency);
const TOTAL = amountKey<AwardRow>('award.total_amount', (row) => row.totalAmount);

const SORTS: Readonly<Record<AwardSort, Sort<AwardRow>>> = {
  newest: { keys: [ID], direction: 'DESC' },
  oldest: { keys: [ID], direction: 'ASC' },
  largest: { keys: [CURRENCY, TOTAL, ID], direction: 'DESC' },
  smallest: { keys: [CURRENCY, TOTAL, ID], direction: 'ASC' },
};

const SELECT = `
  SELECT award.id, award.reference, award.state, award.event_id AS "eventId",
         sourcing_event.reference AS "eventReference", sourcing_event.title AS "eventTitle", award.currency,
         award.total_amount AS "totalAmount", proposer.name AS "proposedByName", award.proposed_at AS "proposedAt",
         (SELECT count(DISTINCT award_line.supplier_id)
            FROM award_line
           WHERE award_line.award_id = award.id) AS "supplierCount"
    FROM award
    JOIN sourcing_event ON sourcing_event.id = award.event_id
    JOIN user_account AS proposer ON proposer.id = award.proposed_by`;

/** One page of the awards. @throws AppError `page.not-found` for a cursor that is not one of ours */
export const findAwards = (ctx: Ctx, filter: AwardFilter, page: PageRequest): Promise<Page<AwardRow>> =>
  findListPage<AwardRow>(ctx.tx, {
    name: 'award.list',
    select: SELECT,
    conditions: [
      ...scopeConditions(ctx.actor, {
        plant: 'sourcing_event.plant_code',
        category: 'sourcing_event.category_code',
      }),
      { name: 'state', value: filter.state, sql: (at) => `award.state = ${at}` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) => `(award.reference ILIKE ${at}
          OR sourcing_event.reference ILIKE ${at}
          OR sourcing_event.title ILIKE ${at})`,
      },
    ],
    sort: { ...SORTS[filter.sort], name: filter.sort },
    page,
  });

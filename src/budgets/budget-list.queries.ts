import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf } from '../platform/db/keyset.ts';
import { placesOf } from '../platform/db/scope.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { Budget } from './budget.ts';

/** A line of the list of budgets. */
export type BudgetRow = Budget & {
  readonly plantEn: string;
  readonly plantZh: string;
  readonly ownerName: string | null;
  readonly ownerEmail: string | null;
};

export type BudgetListFilter = {
  readonly search: string;
  readonly plant: string | null;
  readonly year: number | null;
};

const ACCOUNT: Key<BudgetRow> = {
  sql: 'budget.account',
  type: 'text',
  of: (row) => row.account,
  accepts: (value) => value.length <= 40,
};

const SELECT = `
  SELECT budget.id, budget.account, budget.plant_code AS "plantCode", budget.year,
         trim_scale(budget.amount)::text AS amount, budget.currency, budget.over_budget AS "overBudget",
         budget.owner_id AS "ownerId", budget.version, plant.name_en AS "plantEn", plant.name_zh AS "plantZh",
         owner.name AS "ownerName", owner.email AS "ownerEmail", trim_scale(used.reserved)::text AS reserved,
         trim_scale(used.committed)::text AS committed
    FROM budget
    JOIN plant ON plant.code = budget.plant_code
    LEFT JOIN user_account AS owner ON owner.id = budget.owner_id
   CROSS JOIN LATERAL (
         SELECT COALESCE(sum(one.reserved), 0) AS reserved, COALESCE(sum(one.committed), 0) AS committed
           FROM budget_commitment AS one
          WHERE one.budget_id = budget.id) AS used`;

/** One page of the budgets, by account. @throws AppError `page.not-found` for a cursor that is not one of ours */
export const listBudgets = (
  ctx: Ctx,
  filter: BudgetListFilter,
  page: PageRequest,
): Promise<Page<BudgetRow>> =>
  findListPage<BudgetRow>(ctx.tx, {
    name: 'budget.list',
    select: SELECT,
    conditions: [
      {
        name: 'plants',
        value: placesOf(ctx.actor).plants,
        sql: (at) => `budget.plant_code = ANY(${at}::text[])`,
      },
      { name: 'plant', value: filter.plant, sql: (at) => `budget.plant_code = ${at}` },
      { name: 'year', value: filter.year, sql: (at) => `budget.year = ${at}` },
      { name: 'search', value: partOf(filter.search), sql: (at) => `budget.account ILIKE ${at}` },
    ],
    sort: { keys: [ACCOUNT, idKey<BudgetRow>('budget.id')], direction: 'ASC', name: 'account' },
    page,
  });

/** The accounts that are budgeted at the reader's plants: what forms offer. */
export const listAccounts = async (ctx: Ctx): Promise<string[]> =>
  (
    await rowsOf<{ account: string }>(
      ctx.tx,
      `SELECT DISTINCT budget.account
         FROM budget
        WHERE COALESCE(budget.plant_code = ANY (CAST(? AS text[])), TRUE)
        ORDER BY budget.account
        LIMIT 1000`,
      [placesOf(ctx.actor).plants],
    )
  ).map(({ account }) => account);

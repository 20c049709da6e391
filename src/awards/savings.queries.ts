import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key } from '../platform/db/keyset.ts';
import { scopeConditions } from '../platform/db/scope.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { SavingsGroup } from './savings.ts';

/** What the register is asked for; null asks for everything. */
export type SavingsFilter = {
  readonly from: Day | null;
  readonly to: Day | null;
  readonly category: string | null;
  readonly plant: string | null;
  readonly buyer: string | null;
};

/** A line of the register. Amounts are negative where an award was withdrawn. */
export type SavingsRow = {
  readonly id: string;
  readonly bookedOn: Day;
  readonly awardId: string;
  readonly awardReference: string;
  readonly eventReference: string;
  readonly lineNo: number;
  readonly description: string;
  readonly supplierName: string;
  readonly categoryCode: string;
  readonly plantCode: string;
  readonly buyerName: string;
  readonly currency: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly amount: DecimalString;
  readonly budgetAmount: DecimalString | null;
  readonly estimateAmount: DecimalString | null;
  readonly targetAmount: DecimalString | null;
  readonly lastPriceAmount: DecimalString | null;
  readonly budgetSavings: DecimalString | null;
  readonly estimateSavings: DecimalString | null;
  readonly targetSavings: DecimalString | null;
  readonly lastPriceSavings: DecimalString | null;
  readonly isReversal: boolean;
};

/** What entries of one month, category, plant or buyer come to together, in one currency. */
export type SavingsTotal = {
  readonly key: string;
  readonly label: string;
  readonly currency: string;
  readonly entryCount: number;
  readonly amount: DecimalString;
  /** Savings over the entries that have the baseline; null where none has. */
  readonly budgetSavings: DecimalString | null;
  readonly estimateSavings: DecimalString | null;
  readonly estimateAmount: DecimalString | null;
  readonly targetSavings: DecimalString | null;
  readonly lastPriceSavings: DecimalString | null;
};

const conditionsOf = (ctx: Ctx, filter: SavingsFilter) => [
  ...scopeConditions(ctx.actor, { plant: 'entry.plant_code', category: 'entry.category_code' }),
  { name: 'from', value: filter.from, sql: (at: string) => `entry.booked_on >= ${at}::date` },
  { name: 'to', value: filter.to, sql: (at: string) => `entry.booked_on <= ${at}::date` },
  { name: 'category', value: filter.category, sql: (at: string) => `entry.category_code = ${at}` },
  { name: 'plant', value: filter.plant, sql: (at: string) => `entry.plant_code = ${at}` },
  { name: 'buyer', value: filter.buyer, sql: (at: string) => `entry.buyer_id = ${at}::uuid` },
];

const FROM = `
    FROM savings_entry AS entry
    JOIN award ON award.id = entry.award_id
    JOIN sourcing_event ON sourcing_event.id = entry.event_id
    JOIN event_item ON event_item.id = entry.event_item_id
    JOIN supplier ON supplier.id = entry.supplier_id
    JOIN category ON category.code = entry.category_code
    JOIN plant ON plant.code = entry.plant_code
    JOIN user_account AS buyer ON buyer.id = entry.buyer_id`;

const SELECT = `
  SELECT entry.id, entry.booked_on AS "bookedOn", entry.award_id AS "awardId", award.reference AS "awardReference",
         sourcing_event.reference AS "eventReference", event_item.line_no AS "lineNo", event_item.description,
         supplier.name AS "supplierName", entry.category_code AS "categoryCode", entry.plant_code AS "plantCode",
         buyer.name AS "buyerName", entry.currency, trim_scale(entry.quantity)::text AS quantity, event_item.unit,
         entry.amount, entry.budget_amount AS "budgetAmount", entry.budget_amount - entry.amount AS "budgetSavings",
         entry.estimate_amount AS "estimateAmount", entry.target_amount AS "targetAmount",
         entry.last_price_amount AS "lastPriceAmount", entry.estimate_amount - entry.amount AS "estimateSavings",
         entry.target_amount - entry.amount AS "targetSavings",
         entry.last_price_amount - entry.amount AS "lastPriceSavings", entry.reverses_id IS NOT NULL AS "isReversal"
  ${FROM}`;

const BOOKED: Key<SavingsRow> = {
  sql: 'entry.booked_on',
  type: 'date',
  of: (row) => row.bookedOn,
  accepts: (value) => /^\d{4}-\d{2}-\d{2}$/.test(value),
};

/** One page of the register, the newest first. @throws AppError `page.not-found` for a cursor that is not one of ours */
export const findSavings = (ctx: Ctx, filter: SavingsFilter, page: PageRequest): Promise<Page<SavingsRow>> =>
  findListPage<SavingsRow>(ctx.tx, {
    name: 'savings.list',
    select: SELECT,
    conditions: conditionsOf(ctx, filter),
    sort: { name: 'newest', keys: [BOOKED, idKey<SavingsRow>('entry.id')], direction: 'DESC' },
    page,
  });

const GROUPS: Readonly<Record<SavingsGroup, { key: string; label: string }>> = {
  month: { key: `to_char(entry.booked_on, 'YYYY-MM')`, label: `to_char(entry.booked_on, 'YYYY-MM')` },
  category: { key: 'entry.category_code', label: 'entry.category_code' },
  plant: { key: 'entry.plant_code', label: 'entry.plant_code' },
  buyer: { key: 'entry.buyer_id::text', label: 'buyer.name' },
};
/** As many as a page can show; a year of months, a company's plants. */
const MOST_GROUPS = 200;

/** The register added up, by currency and then the most saved first. */
export function findSavingsTotals(
  ctx: Ctx,
  filter: SavingsFilter,
  group: SavingsGroup,
): Promise<SavingsTotal[]> {
  const asked = conditionsOf(ctx, filter).filter((condition) => condition.value !== null);
  const { key, label } = GROUPS[group];
  const where = asked.map((condition, index) => condition.sql(`$${index + 1}`)).join(' AND ');
  return named<SavingsTotal>(ctx.tx, {
    name: ['savings.totals', group, ...asked.map((condition) => condition.name)].join(' '),
    text: `
      SELECT ${key} AS key, ${label} AS label, entry.currency, count(*) AS "entryCount", sum(entry.amount) AS amount,
             sum(entry.budget_amount - entry.amount) AS "budgetSavings",
             sum(entry.estimate_amount - entry.amount) AS "estimateSavings", sum(entry.estimate_amount) AS "estimateAmount",
             sum(entry.target_amount - entry.amount) AS "targetSavings",
             sum(entry.last_price_amount - entry.amount) AS "lastPriceSavings"
        ${FROM}
       ${where === '' ? '' : `WHERE ${where}`}
       GROUP BY 1, 2, 3
       ORDER BY entry.currency, ${group === 'month' ? '1 DESC' : 'sum(entry.estimate_amount - entry.amount) DESC NULLS LAST, 1'}
       LIMIT ${MOST_GROUPS}`,
    values: asked.map((condition) => condition.value),
  });
}

/** What the register may be filtered by: only what stands in it. */
export type SavingsChoices = {
  readonly categories: readonly string[];
  readonly plants: readonly string[];
  readonly buyers: readonly { readonly id: string; readonly name: string }[];
};

export async function findSavingsChoices(ctx: Ctx): Promise<SavingsChoices> {
  const limits = scopeConditions(ctx.actor, {
    plant: 'entry.plant_code',
    category: 'entry.category_code',
  }).filter((condition) => condition.value !== null);
  const rows = await rowsOf<{ categoryCode: string; plantCode: string; buyerId: string; buyerName: string }>(
    ctx.tx,
    `SELECT DISTINCT entry.category_code AS "categoryCode", entry.plant_code AS "plantCode",
            entry.buyer_id AS "buyerId", buyer.name AS "buyerName"
       FROM savings_entry AS entry
       JOIN user_account AS buyer ON buyer.id = entry.buyer_id
      ${limits.length === 0 ? '' : `WHERE ${limits.map((limit) => limit.sql('?')).join(' AND ')}`}
      ORDER BY 1, 2, 4`,
    limits.map((limit) => limit.value),
  );
  return {
    categories: [...new Set(rows.map((row) => row.categoryCode))],
    plants: [...new Set(rows.map((row) => row.plantCode))].sort(),
    buyers: [...new Map(rows.map((row) => [row.buyerId, { id: row.buyerId, name: row.buyerName }])).values()],
  };
}

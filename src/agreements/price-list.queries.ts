import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf } from '../platform/db/keyset.ts';
import type { PriceTier } from './agreement-version.ts';
import { readingOf } from './reading.queries.ts';

/** A price that holds today, with the agreement that it is ordered from. */
export type AgreedPrice = {
  readonly id: string;
  readonly agreementId: string;
  readonly reference: string;
  readonly supplierName: string;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly priceBaseQuantity: DecimalString;
  readonly tiers: readonly PriceTier[];
  readonly currency: string;
  readonly validUntil: Day;
  readonly plantCodes: readonly string[];
  /** What is left of an agreed quantity; null where there is no limit. */
  readonly left: DecimalString | null;
};

/** `search` finds parts of numbers, descriptions, suppliers and agreements. */
export type PriceFilter = { readonly search: string; readonly plant: string | null };

const DESCRIPTION: Key<AgreedPrice> = {
  sql: 'line.description',
  type: 'text',
  of: (row) => row.description,
  accepts: (value) => value !== '' && !value.includes('\0'),
};

const SELECT = `
  SELECT line.id, agreement.id AS "agreementId", agreement.reference, supplier.name AS "supplierName",
         line.item_code AS "itemCode", line.description, line.unit,
         trim_scale(line.price_base_quantity)::text AS "priceBaseQuantity", line.tiers, agreement.currency,
         LEAST(line.valid_until, agreement.terminates_on) AS "validUntil", agreement.plant_codes AS "plantCodes",
         trim_scale(line.quantity_limit - called.quantity)::text AS left
    FROM agreement_line AS line
    JOIN agreement ON agreement.id = line.agreement_id
    JOIN supplier ON supplier.id = agreement.supplier_id
   CROSS JOIN LATERAL (
         SELECT COALESCE(sum(one.quantity), 0) AS quantity
           FROM call_off_line AS one
          WHERE one.agreement_line_id = line.id) AS called`;

/** One page of the prices that hold on this day for the plants of whoever asks, by description. */
export function listAgreedPrices(
  ctx: Ctx,
  filter: PriceFilter & { readonly today: Day },
  page: PageRequest,
): Promise<Page<AgreedPrice>> {
  const { plants, categories } = readingOf(ctx);
  return findListPage<AgreedPrice>(ctx.tx, {
    name: 'agr.prices',
    select: SELECT,
    conditions: [
      {
        name: 'on',
        value: filter.today,
        sql: (at) =>
          `agreement.state = 'active' AND line.is_current AND supplier.state = 'registered'
           AND line.valid_from <= ${at}::date
           AND LEAST(line.valid_until, agreement.valid_until, agreement.terminates_on) >= ${at}::date`,
      },
      { name: 'in', value: plants, sql: (at) => `agreement.plant_codes && ${at}::text[]` },
      { name: 'cats', value: categories, sql: (at) => `agreement.category_code = ANY(${at}::text[])` },
      { name: 'pl', value: filter.plant, sql: (at) => `${at} = ANY(agreement.plant_codes)` },
      {
        name: 'q',
        value: partOf(filter.search),
        sql: (at) =>
          `(line.description ILIKE ${at} OR line.item_code ILIKE ${at} OR supplier.name ILIKE ${at}
            OR agreement.reference ILIKE ${at})`,
      },
    ],
    sort: { keys: [DESCRIPTION, idKey<AgreedPrice>('line.id')], direction: 'ASC', name: 'text' },
    page,
  });
}

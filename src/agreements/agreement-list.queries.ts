import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf, type Sort } from '../platform/db/keyset.ts';
import type { AgreementKind, AgreementState } from './agreement.ts';
import { readingOf } from './reading.queries.ts';

/** A line of the list of agreements. */
export type AgreementRow = {
  readonly id: string;
  readonly reference: string;
  readonly kind: AgreementKind;
  readonly title: string;
  readonly supplierName: string;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plantCodes: readonly string[];
  readonly currency: string;
  readonly valueLimit: DecimalString | null;
  readonly called: DecimalString;
  readonly validFrom: Day;
  readonly validUntil: Day;
  readonly state: AgreementState;
};

export const agreementSorts = ['newest', 'oldest', 'ending', 'ending-last'] as const;
export type AgreementListFilter = {
  readonly search: string;
  readonly state: AgreementState | null;
  readonly kind: AgreementKind | null;
  readonly category: string | null;
  readonly plant: string | null;
  readonly sort: (typeof agreementSorts)[number];
};

const END: Key<AgreementRow> = {
  sql: 'agreement.valid_until',
  type: 'date',
  of: (row) => row.validUntil,
  accepts: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
};
// Ids are made in the order of writing.
const ID = idKey<AgreementRow>('agreement.id');
const SORTS: Readonly<Record<AgreementListFilter['sort'], Sort<AgreementRow>>> = {
  newest: { keys: [ID], direction: 'DESC' },
  oldest: { keys: [ID], direction: 'ASC' },
  ending: { keys: [END, ID], direction: 'ASC' },
  'ending-last': { keys: [END, ID], direction: 'DESC' },
};

const SELECT = `
  SELECT agreement.id, agreement.reference, agreement.kind, agreement.title, supplier.name AS "supplierName",
         category.name_en AS "categoryEn", category.name_zh AS "categoryZh",
         agreement.plant_codes AS "plantCodes", agreement.currency,
         trim_scale(agreement.value_limit)::text AS "valueLimit", called.amount AS called,
         agreement.valid_from AS "validFrom", agreement.valid_until AS "validUntil", agreement.state
    FROM agreement
    JOIN supplier ON supplier.id = agreement.supplier_id
    JOIN category ON category.code = agreement.category_code
   CROSS JOIN LATERAL (
         SELECT trim_scale(COALESCE(sum(line.amount), 0))::text AS amount
           FROM call_off_line AS line
          WHERE line.agreement_id = agreement.id) AS called`;

/** One page of the agreements the actor may see. @throws AppError `page.not-found` for a cursor that is not one of ours */
export function listAgreements(
  ctx: Ctx,
  filter: AgreementListFilter,
  page: PageRequest,
): Promise<Page<AgreementRow>> {
  const { supplierId, plants, categories } = readingOf(ctx);
  return findListPage<AgreementRow>(ctx.tx, {
    name: 'agr.list',
    select: SELECT,
    conditions: [
      {
        name: 'own',
        value: supplierId,
        sql: (at) => `agreement.supplier_id = ${at} AND agreement.offered_at IS NOT NULL`,
      },
      { name: 'in', value: plants, sql: (at) => `agreement.plant_codes && ${at}::text[]` },
      { name: 'cats', value: categories, sql: (at) => `agreement.category_code = ANY(${at}::text[])` },
      { name: 'st', value: filter.state, sql: (at) => `agreement.state = ${at}` },
      { name: 'kd', value: filter.kind, sql: (at) => `agreement.kind = ${at}` },
      { name: 'cat', value: filter.category, sql: (at) => `agreement.category_code = ${at}` },
      { name: 'pl', value: filter.plant, sql: (at) => `${at} = ANY(agreement.plant_codes)` },
      {
        name: 'q',
        value: partOf(filter.search),
        sql: (at) =>
          `(agreement.reference ILIKE ${at} OR agreement.title ILIKE ${at} OR supplier.name ILIKE ${at})`,
      },
    ],
    sort: { ...SORTS[filter.sort], name: filter.sort },
    page,
  });
}

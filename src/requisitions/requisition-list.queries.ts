import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  amountKey,
  currencyKey,
  findListPage,
  idKey,
  instantKey,
  partOf,
  type Sort,
} from '../platform/db/keyset.ts';
import type { Reading } from './requisition.store.ts';
import type { RequisitionState } from './requisition.ts';

/** A line of the list of requisitions. */
export type RequisitionRow = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: RequisitionState;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plantEn: string;
  readonly plantZh: string;
  readonly currency: string;
  readonly estimatedValue: DecimalString | null;
  readonly requesterId: string;
  readonly requesterName: string;
  readonly lineCount: number;
  readonly firstNeedByOn: Day | null;
  readonly createdAt: Date;
};

export const requisitionSorts = ['newest', 'oldest', 'largest', 'smallest'] as const;
export type RequisitionSort = (typeof requisitionSorts)[number];

export type RequisitionListFilter = {
  readonly search: string;
  readonly state: RequisitionState | null;
  readonly category: string | null;
  readonly plant: string | null;
  readonly requesterId: string | null;
  readonly sort: RequisitionSort;
};

const ID = idKey<RequisitionRow>('requisition.id');
const CREATED = instantKey<RequisitionRow>('requisition.created_at', (row) => row.createdAt);
const CURRENCY = currencyKey<RequisitionRow>('requisition.currency', (row) => row.currency);
const VALUE = amountKey<RequisitionRow>(
  'COALESCE(requisition.estimated_value, 0)',
  (row) => row.estimatedValue ?? '0',
);

const SORTS: Readonly<Record<RequisitionSort, Sort<RequisitionRow>>> = {
  newest: { keys: [CREATED, ID], direction: 'DESC' },
  oldest: { keys: [CREATED, ID], direction: 'ASC' },
  largest: { keys: [CURRENCY, VALUE, ID], direction: 'DESC' },
  smallest: { keys: [CURRENCY, VALUE, ID], direction: 'ASC' },
};

const SELECT = `
  SELECT requisition.id, requisition.reference, requisition.title, requisition.state,
         category.name_en AS "categoryEn", category.name_zh AS "categoryZh", plant.name_en AS "plantEn",
         plant.name_zh AS "plantZh", requisition.currency, requisition.estimated_value AS "estimatedValue",
         requisition.requester_id AS "requesterId", requester.name AS "requesterName",
         lines.count AS "lineCount", lines.first AS "firstNeedByOn", requisition.created_at AS "createdAt"
    FROM requisition
    JOIN category ON category.code = requisition.category_code
    JOIN plant ON plant.code = requisition.plant_code
    JOIN user_account AS requester ON requester.id = requisition.requester_id
   CROSS JOIN LATERAL (
         SELECT count(DISTINCT line.line_no)::int AS count, min(line.need_by_on) AS first
           FROM requisition_line AS line
          WHERE line.requisition_id = requisition.id) AS lines`;

/** One page of the requisitions. @throws AppError `page.not-found` for a cursor that is not one of ours */
export const listRequisitions = (
  ctx: Ctx,
  of: RequisitionListFilter & { reading: Reading },
  page: PageRequest,
): Promise<Page<RequisitionRow>> => {
  const { reading } = of;
  const own = ctx.actor.userId;
  return findListPage<RequisitionRow>(ctx.tx, {
    name: 'requisition.list',
    select: SELECT,
    conditions: [
      {
        name: 'own',
        value: reading.isOwnOnly ? reading.userIds : null,
        sql: (at) => `requisition.requester_id = ANY (${at}::uuid[])`,
      },
      {
        name: 'plants',
        value: reading.isOwnOnly ? null : reading.plants,
        sql: (at) => `(requisition.plant_code = ANY (${at}::text[])
          OR EXISTS (SELECT FROM requisition_line AS placed
                      WHERE placed.requisition_id = requisition.id AND placed.plant_code = ANY (${at}::text[])))`,
      },
      {
        name: 'categories',
        value: reading.isOwnOnly ? null : reading.categories,
        sql: (at) => `requisition.category_code = ANY (${at}::text[])`,
      },
      // A draft is its author's.
      {
        name: 'drafts',
        value: reading.isOwnOnly ? null : own,
        sql: (at) => `(requisition.state <> 'draft' OR requisition.requester_id = ${at}::uuid)`,
      },
      { name: 'state', value: of.state, sql: (at) => `requisition.state = ${at}` },
      { name: 'category', value: of.category, sql: (at) => `requisition.category_code = ${at}` },
      { name: 'plant', value: of.plant, sql: (at) => `requisition.plant_code = ${at}` },
      { name: 'mine', value: of.requesterId, sql: (at) => `requisition.requester_id = ${at}::uuid` },
      {
        name: 'search',
        value: partOf(of.search),
        sql: (at) => `(requisition.title ILIKE ${at} OR requisition.reference ILIKE ${at}
          OR requisition.external_reference ILIKE ${at})`,
      },
    ],
    sort: { ...SORTS[of.sort], name: of.sort },
    page,
  });
};

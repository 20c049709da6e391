import { hasRole, personsOf } from '../kernel/actor.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placesOf } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';

/** The names behind a requisition's codes and ids. */
export type RequisitionNames = {
  readonly requesterName: string;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plantEn: string;
  readonly plantZh: string;
};

export async function namesOfRequisition(ctx: Ctx, requisitionId: string): Promise<RequisitionNames> {
  const rows = await named<RequisitionNames>(ctx.tx, {
    name: 'requisition.names',
    text: `
      SELECT requester.name AS "requesterName", category.name_en AS "categoryEn",
             category.name_zh AS "categoryZh", plant.name_en AS "plantEn", plant.name_zh AS "plantZh"
        FROM requisition
        JOIN user_account AS requester ON requester.id = requisition.requester_id
        JOIN category ON category.code = requisition.category_code
        JOIN plant ON plant.code = requisition.plant_code
       WHERE requisition.id = $1`,
    values: [requisitionId],
  });
  return rows[0] as RequisitionNames;
}

type Waiting = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
};

/** Requisitions that wait for their requester, and lines that wait for a buyer. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  if (ctx.actor.userId === null || ctx.actor.kind !== 'staff') return [];
  const own = hasRole(ctx.actor, 'requester', 'buyer') ? await findOwn(ctx) : [];
  const waiting = OWN.map(({ state, ...words }) => {
    const rows = own.filter((row) => row.state === state);
    return { ...words, count: rows.length, items: rows.slice(0, 5).map(toLine) };
  }).filter((item) => item.count > 0);
  return [...waiting, ...(hasRole(ctx.actor, 'buyer') ? await findToSource(ctx) : [])];
}

const OWN = [
  {
    state: 'returned',
    key: 'waiting.requisitions.returned',
    href: '/requisitions?state=returned&mine=yes',
    urgent: true,
  },
  {
    state: 'draft',
    key: 'waiting.requisitions.drafts',
    href: '/requisitions?state=draft&mine=yes',
    urgent: false,
  },
] as const;

const toLine = ({ id, reference, title }: Waiting): WaitingItem['items'][number] => ({
  label: `${reference} ${title}`,
  href: `/requisitions/${id}`,
  dueAt: null,
});

const findOwn = (ctx: Ctx): Promise<Waiting[]> =>
  named<Waiting>(ctx.tx, {
    name: 'requisition.waiting-own',
    text: `
      SELECT requisition.id, requisition.reference, requisition.title, requisition.state
        FROM requisition
       WHERE requisition.requester_id = ANY ($1::uuid[])
         AND requisition.state IN ('draft', 'returned')
       ORDER BY requisition.created_at DESC, requisition.id DESC
       LIMIT 200`,
    values: [personsOf(ctx.actor)],
  });

async function findToSource(ctx: Ctx): Promise<WaitingItem[]> {
  const places = placesOf(ctx.actor);
  const rows = await named<Waiting & { total: number }>(ctx.tx, {
    name: 'requisition-line.waiting-count',
    text: `
      SELECT requisition.id, requisition.reference, requisition.title, requisition.state,
             (sum(count(*)) OVER ())::int AS total
        FROM requisition_line AS line
        JOIN requisition ON requisition.id = line.requisition_id
       WHERE line.progress = 'open'
         AND requisition.state IN ('approved', 'sourcing', 'part_ordered')
         AND ${inScope({ plant: 'line.plant_code', category: 'requisition.category_code' }, { plants: '$1', categories: '$2' })}
       GROUP BY requisition.id
       ORDER BY min(line.need_by_on) NULLS LAST, requisition.id
       LIMIT 5`,
    values: [places.plants, places.categories],
  });
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: 'waiting.requisitions.to-source',
      count: first.total,
      href: '/requisition-lines',
      urgent: false,
      items: rows.map(toLine),
    },
  ];
}

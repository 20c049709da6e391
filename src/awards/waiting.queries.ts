import { personsOf } from '../kernel/actor.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { inScope, placesOf } from '../platform/db/scope.ts';
import { named } from '../platform/db/statements.ts';

const PLACE = { plant: 'sourcing_event.plant_code', category: 'sourcing_event.category_code' };
const HERE = inScope(PLACE, { plants: '$4', categories: '$5' });

type WaitingRow = { key: keyof typeof KINDS; label: string; href: string; count: number };

/** Where the whole list of a kind stands, and whether somebody outside waits for it. */
const KINDS = {
  'waiting.awards.objections-to-decide': { href: '/awards?state=standstill', urgent: true },
  'waiting.awards.objections-to-answer': { href: '/awards?state=standstill', urgent: true },
  'waiting.awards.withdrawals-to-decide': { href: '/awards', urgent: true },
  'waiting.awards.to-compare': { href: '/events?state=evaluation', urgent: false },
} as const;

/** SQL: nobody who acts here proposed the award or runs its event. */
const WITHOUT_PART = `award.proposed_by <> ALL ($3::uuid[]) AND sourcing_event.owner_id <> ALL ($3::uuid[])`;

const WAITING = `
  WITH waiting AS (
    SELECT 'waiting.awards.objections-to-decide' AS key, award.reference || ' · ' || supplier.name AS label,
           '/awards/' || award.id AS href, objection.answered_at AS since
      FROM award_objection AS objection
      JOIN award ON award.id = objection.award_id
      JOIN sourcing_event ON sourcing_event.id = award.event_id
      JOIN supplier ON supplier.id = objection.supplier_id
     WHERE $1::boolean AND objection.state = 'answered' AND objection.answered_by <> ALL ($3::uuid[])
       AND ${WITHOUT_PART} AND ${HERE}
     UNION ALL
    SELECT 'waiting.awards.objections-to-answer', award.reference || ' · ' || supplier.name,
           '/awards/' || award.id, objection.raised_at
      FROM award_objection AS objection
      JOIN award ON award.id = objection.award_id
      JOIN sourcing_event ON sourcing_event.id = award.event_id
      JOIN supplier ON supplier.id = objection.supplier_id
     WHERE $2::boolean AND objection.state = 'raised' AND sourcing_event.owner_id = $6
     UNION ALL
    SELECT 'waiting.awards.withdrawals-to-decide', award.reference || ' · ' || sourcing_event.title,
           '/awards/' || award.id, withdrawal.requested_at
      FROM award_withdrawal AS withdrawal
      JOIN award ON award.id = withdrawal.award_id
      JOIN sourcing_event ON sourcing_event.id = award.event_id
     WHERE $1::boolean AND withdrawal.state = 'requested' AND withdrawal.requested_by <> ALL ($3::uuid[])
       AND sourcing_event.owner_id <> ALL ($3::uuid[]) AND ${HERE}
     UNION ALL
    SELECT 'waiting.awards.to-compare', sourcing_event.reference || ' · ' || sourcing_event.title,
           '/events/' || sourcing_event.id || '/comparison', sourcing_event.opened_at
      FROM sourcing_event
     WHERE $2::boolean AND sourcing_event.state = 'evaluation' AND sourcing_event.owner_id = $6
  ), numbered AS (
    SELECT waiting.*, count(*) OVER (PARTITION BY waiting.key) AS count,
           row_number() OVER (PARTITION BY waiting.key ORDER BY waiting.since) AS place
      FROM waiting
  )
  SELECT numbered.key, numbered.label, numbered.href, numbered.count
    FROM numbered
   WHERE numbered.place <= 5
   ORDER BY numbered.key, numbered.place`;

/** Objections and withdrawals that wait for this person, and events this buyer has to compare. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  const isApprover = actor.roles.includes('approver');
  const isBuyer = actor.roles.includes('buyer');
  if (actor.kind !== 'staff' || (!isApprover && !isBuyer)) return [];
  const { plants, categories } = placesOf(actor);
  const rows = await named<WaitingRow>(ctx.tx, {
    name: 'award.waiting',
    text: WAITING,
    values: [isApprover, isBuyer, personsOf(actor), plants, categories, actor.userId],
  });
  return [...new Set(rows.map((row) => row.key))].map((key) => {
    const ofKey = rows.filter((row) => row.key === key);
    return {
      key,
      count: ofKey[0]?.count ?? 0,
      ...KINDS[key],
      items: ofKey.map(({ label, href }) => ({ label, href, dueAt: null })),
    };
  });
}

import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { Criterion } from './criterion.ts';
import { type EvaluationPlan, emptyPlan } from './evaluation-plan.ts';
import type { Requirement } from './requirement.ts';

const CRITERIA = `
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'id', criterion.id, 'number', criterion.number, 'title', criterion.title,
           'envelope', criterion.envelope, 'kind', criterion.kind,
           'weight', trim_scale(criterion.weight)::text,
           'minimumScore', trim_scale(criterion.minimum_score)::text, 'formula', criterion.formula, 'lotId', criterion.lot_id)
           ORDER BY criterion.number), '[]')
    FROM criterion
   WHERE criterion.event_id = plan.event_id`;

/** A supplier's role may not read how an answer is scored, so its statement does not name those columns. */
const requirementsWith = (scoring: string): string => `
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'id', requirement.id, 'number', requirement.number, 'envelope', requirement.envelope,
           'kind', requirement.kind, 'prompt', requirement.prompt, 'help', requirement.help,
           'isRequired', requirement.is_required, 'options', to_jsonb(requirement.options),
           'minimum', trim_scale(requirement.minimum)::text, 'maximum', trim_scale(requirement.maximum)::text,
           'unit', requirement.unit, 'knockOut', requirement.knock_out, 'lotId', requirement.lot_id, ${scoring})
           ORDER BY requirement.number), '[]')
    FROM requirement
   WHERE requirement.event_id = plan.event_id`;

const planStatement = (scoring: string): string => `
  SELECT plan.version, plan.shows_weights AS "showsWeights", (${CRITERIA}) AS criteria,
         (${requirementsWith(scoring)}) AS requirements
    FROM evaluation_plan AS plan
   WHERE plan.event_id = $1`;

const OURS = planStatement(`'criterionId', requirement.criterion_id, 'scoring', requirement.scoring`);
const THEIRS = planStatement(`'criterionId', NULL::uuid, 'scoring', NULL::jsonb`);

/** All that is asked and judged by; a supplier reads what was published to it, without how answers are scored. */
export async function findPlan(
  tx: Tx,
  of: { eventId: string; isForSupplier: boolean },
): Promise<EvaluationPlan> {
  const [plan] = await named<EvaluationPlan>(tx, {
    name: of.isForSupplier ? 'evaluation-plan.theirs' : 'evaluation-plan.ours',
    text: of.isForSupplier ? THEIRS : OURS,
    values: [of.eventId],
  });
  return plan ?? emptyPlan;
}

/** Makes the plan's next version; false where it is no longer the one that was read. */
export async function saveVersion(
  tx: Tx,
  plan: { eventId: string; version: number; showsWeights: boolean; at: Date },
): Promise<boolean> {
  const saved = await firstOf(
    tx,
    `INSERT INTO evaluation_plan AS plan (event_id, shows_weights, version, saved_at)
     SELECT :eventId, :showsWeights, 1, :at
      WHERE :version = 0
         ON CONFLICT (event_id) DO NOTHING
     RETURNING version`,
    plan,
  );
  if (saved !== undefined) return true;
  const updated = await tx('evaluation_plan')
    .where({ event_id: plan.eventId, version: plan.version })
    .update({ shows_weights: plan.showsWeights, version: plan.version + 1, saved_at: plan.at });
  return updated === 1;
}

/**
 * Writes questions and criteria as they are given: what is there keeps its id, what is not given any more goes. Numbers
 * go out of the way first, which the indexes look at row by row.
 */
export async function savePlan(
  tx: Tx,
  eventId: string,
  plan: Pick<EvaluationPlan, 'criteria' | 'requirements'>,
): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE criterion SET number = number + 1000, kind = 'answers', formula = NULL WHERE criterion.event_id = ?`,
    [eventId],
  );
  await rowsOf(tx, 'UPDATE requirement SET number = number + 100000 WHERE requirement.event_id = ?', [
    eventId,
  ]);
  await insertCriteria(tx, eventId, plan.criteria);
  await insertRequirements(tx, eventId, plan.requirements);
  await deleteOthers(tx, 'requirement', { eventId, kept: plan.requirements });
  await deleteOthers(tx, 'criterion', { eventId, kept: plan.criteria });
}

async function deleteOthers(
  tx: Tx,
  table: 'requirement' | 'criterion',
  of: { eventId: string; kept: readonly { readonly id: string }[] },
): Promise<void> {
  await tx(table)
    .where({ event_id: of.eventId })
    .whereNotIn(
      'id',
      of.kept.map(({ id }) => id),
    )
    .delete();
}

async function insertCriteria(tx: Tx, eventId: string, criteria: readonly Criterion[]): Promise<void> {
  if (criteria.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO criterion (id, event_id, number, title, envelope, kind, weight, minimum_score, formula, lot_id)
     SELECT fresh.id, ?, fresh.number, fresh.title, fresh.envelope, fresh.kind, fresh.weight,
            fresh."minimumScore", fresh.formula, fresh."lotId"
       FROM jsonb_to_recordset(?::jsonb)
         AS fresh (id uuid, number integer, title text, envelope text, kind text, weight numeric,
                   "minimumScore" numeric, formula text, "lotId" uuid)
         ON CONFLICT (id) DO UPDATE
        SET number = excluded.number, title = excluded.title, envelope = excluded.envelope,
            kind = excluded.kind, weight = excluded.weight, minimum_score = excluded.minimum_score,
            formula = excluded.formula, lot_id = excluded.lot_id
      WHERE criterion.event_id = excluded.event_id`,
    [eventId, JSON.stringify(criteria)],
  );
}

async function insertRequirements(
  tx: Tx,
  eventId: string,
  requirements: readonly Requirement[],
): Promise<void> {
  if (requirements.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO requirement (id, event_id, number, envelope, kind, prompt, help, is_required, options, minimum,
                              maximum, unit, knock_out, criterion_id, scoring, lot_id)
     SELECT fresh.id, ?, fresh.number, fresh.envelope, fresh.kind, fresh.prompt, fresh.help, fresh."isRequired",
            fresh.options, fresh.minimum, fresh.maximum, fresh.unit, fresh."knockOut", fresh."criterionId",
            fresh.scoring, fresh."lotId"
       FROM jsonb_to_recordset(?::jsonb)
         AS fresh (id uuid, number integer, envelope text, kind text, prompt text, help text, "isRequired" boolean,
                   options text[], minimum numeric, maximum numeric, unit text, "knockOut" jsonb,
                   "criterionId" uuid, scoring jsonb, "lotId" uuid)
         ON CONFLICT (id) DO UPDATE
        SET number = excluded.number, envelope = excluded.envelope, prompt = excluded.prompt, help = excluded.help,
            is_required = excluded.is_required, options = excluded.options, minimum = excluded.minimum,
            maximum = excluded.maximum, unit = excluded.unit, knock_out = excluded.knock_out,
            criterion_id = excluded.criterion_id, scoring = excluded.scoring, lot_id = excluded.lot_id
      WHERE requirement.event_id = excluded.event_id`,
    // A JSON null would be a value; the column means none.
    [eventId, JSON.stringify(requirements.map(withoutNulls))],
  );
}

const withoutNulls = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

/** Does a question or a criterion belong to one of these lots? */
export const isAnyOfLots = async (tx: Tx, lotIds: readonly string[]): Promise<boolean> =>
  (await firstOf(
    tx,
    `SELECT 1 AS found FROM requirement WHERE requirement.lot_id = ANY (CAST(:lotIds AS uuid[]))
      UNION ALL
     SELECT 1 FROM criterion WHERE criterion.lot_id = ANY (CAST(:lotIds AS uuid[]))
      LIMIT 1`,
    { lotIds: [...lotIds] },
  )) !== undefined;

/** An event whose questions and criteria can be taken over. */
export type PlannedEvent = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly requirementCount: number;
  readonly criterionCount: number;
};

/** Events with questions or criteria, in the reader's scope, the newest first. */
export const findPlannedEvents = (
  tx: Tx,
  of: { except: string; plants: readonly string[] | null; categories: readonly string[] | null },
): Promise<PlannedEvent[]> =>
  rowsOf<PlannedEvent>(
    tx,
    `SELECT event.id, event.reference, event.title,
            (SELECT count(*)::integer FROM requirement WHERE requirement.event_id = event.id) AS "requirementCount",
            (SELECT count(*)::integer FROM criterion WHERE criterion.event_id = event.id) AS "criterionCount"
       FROM evaluation_plan AS plan
       JOIN sourcing_event AS event ON event.id = plan.event_id
      WHERE event.id <> :except
        AND (CAST(:plants AS text[]) IS NULL OR event.plant_code = ANY (CAST(:plants AS text[])))
        AND (CAST(:categories AS text[]) IS NULL OR event.category_code = ANY (CAST(:categories AS text[])))
      ORDER BY event.id DESC
      LIMIT 50`,
    of,
  );

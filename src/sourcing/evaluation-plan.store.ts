import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { Criterion, NewCriterion } from './criterion.ts';
import { type EvaluationPlan, emptyPlan } from './evaluation-plan.ts';
import type { NewRequirement, Requirement } from './requirement.ts';

const CRITERIA = `
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'id', criterion.id, 'number', criterion.number, 'title', criterion.title,
           'envelope', criterion.envelope, 'kind', criterion.kind,
           'weight', trim_scale(criterion.weight)::text,
           'minimumScore', trim_scale(criterion.minimum_score)::text, 'formula', criterion.formula)
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
           'unit', requirement.unit, 'knockOut', requirement.knock_out, ${scoring})
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

/** Replaces the criteria; questions that counted for one that is gone are only read from now on. */
export async function replaceCriteria(
  tx: Tx,
  eventId: string,
  criteria: readonly NewCriterion[],
): Promise<void> {
  const ids = criteria.map((criterion) => criterion.id);
  await rowsOf(
    tx,
    `UPDATE requirement
        SET criterion_id = NULL, scoring = NULL
      WHERE requirement.event_id = ?
        AND requirement.criterion_id <> ALL (?::uuid[])`,
    [eventId, ids],
  );
  await rowsOf(
    tx,
    `DELETE FROM criterion
      WHERE criterion.event_id = ?
        AND criterion.id <> ALL (?::uuid[])`,
    [eventId, ids],
  );
  // Out of the way of their own new numbers and kinds, which the indexes look at row by row.
  await rowsOf(
    tx,
    `UPDATE criterion
        SET number = number + 1000, kind = 'answers', formula = NULL
      WHERE criterion.event_id = ?`,
    [eventId],
  );
  await insertCriteria(tx, eventId, criteria);
}

async function insertCriteria(tx: Tx, eventId: string, criteria: readonly NewCriterion[]): Promise<void> {
  if (criteria.length === 0) return;
  const rows = criteria.map((criterion, index): Criterion => ({ ...criterion, number: index + 1 }));
  await rowsOf(
    tx,
    `INSERT INTO criterion (id, event_id, number, title, envelope, kind, weight, minimum_score, formula)
     SELECT fresh.id, ?, fresh.number, fresh.title, fresh.envelope, fresh.kind, fresh.weight,
            fresh."minimumScore", fresh.formula
       FROM jsonb_to_recordset(?::jsonb)
         AS fresh (id uuid, number integer, title text, envelope text, kind text, weight numeric,
                   "minimumScore" numeric, formula text)
         ON CONFLICT (id) DO UPDATE
        SET number = excluded.number, title = excluded.title, envelope = excluded.envelope,
            kind = excluded.kind, weight = excluded.weight, minimum_score = excluded.minimum_score,
            formula = excluded.formula`,
    [eventId, JSON.stringify(rows)],
  );
}

/** Writes questions in one statement, numbered on from `after`. */
export async function insertRequirements(
  tx: Tx,
  of: { eventId: string; after: number; requirements: readonly NewRequirement[] },
): Promise<void> {
  if (of.requirements.length === 0) return;
  const rows = of.requirements.map((requirement, index) => ({
    ...requirement,
    id: newId(),
    number: of.after + index + 1,
  }));
  await rowsOf(
    tx,
    `INSERT INTO requirement (id, event_id, number, envelope, kind, prompt, help, is_required, options, minimum,
                              maximum, unit, knock_out, criterion_id, scoring)
     SELECT fresh.id, ?, fresh.number, fresh.envelope, fresh.kind, fresh.prompt, fresh.help, fresh."isRequired",
            fresh.options, fresh.minimum, fresh.maximum, fresh.unit, fresh."knockOut", fresh."criterionId",
            fresh.scoring
       FROM jsonb_to_recordset(?::jsonb)
         AS fresh (id uuid, number integer, envelope text, kind text, prompt text, help text, "isRequired" boolean,
                   options text[], minimum numeric, maximum numeric, unit text, "knockOut" jsonb,
                   "criterionId" uuid, scoring jsonb)`,
    // A JSON null would be a value; the column means none.
    [of.eventId, JSON.stringify(rows.map(withoutNulls))],
  );
}

const withoutNulls = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

export async function updateRequirement(
  tx: Tx,
  { id, ...of }: NewRequirement & Pick<Requirement, 'id'>,
): Promise<void> {
  await tx('requirement')
    .where({ id })
    .update({
      envelope: of.envelope,
      prompt: of.prompt,
      help: of.help,
      is_required: of.isRequired,
      options: [...of.options],
      minimum: of.minimum,
      maximum: of.maximum,
      unit: of.unit,
      knock_out: of.knockOut === null ? null : JSON.stringify(of.knockOut),
      criterion_id: of.criterionId,
      scoring: of.scoring === null ? null : JSON.stringify(of.scoring),
    });
}

/** Takes a question out; those after it move up. */
export async function deleteRequirement(
  tx: Tx,
  of: { eventId: string; id: string; number: number },
): Promise<void> {
  await tx('requirement').where({ id: of.id }).delete();
  await renumber(tx, of.eventId);
}

export async function deleteRequirements(tx: Tx, eventId: string): Promise<void> {
  await tx('requirement').where({ event_id: eventId }).delete();
}

/** Two questions change places. */
export async function swapRequirements(
  tx: Tx,
  pair: readonly [Pick<Requirement, 'id' | 'number'>, Pick<Requirement, 'id' | 'number'>],
): Promise<void> {
  const [one, other] = pair;
  await tx('requirement').where({ id: one.id }).update({ number: 100_000 });
  await tx('requirement').where({ id: other.id }).update({ number: one.number });
  await tx('requirement').where({ id: one.id }).update({ number: other.number });
}

async function renumber(tx: Tx, eventId: string): Promise<void> {
  await rowsOf(tx, 'UPDATE requirement SET number = number + 100000 WHERE requirement.event_id = ?', [
    eventId,
  ]);
  await rowsOf(
    tx,
    `UPDATE requirement
        SET number = placed.place
       FROM (SELECT requirement.id, row_number() OVER (ORDER BY requirement.number) AS place
               FROM requirement
              WHERE requirement.event_id = ?) AS placed
      WHERE requirement.id = placed.id`,
    [eventId],
  );
}

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

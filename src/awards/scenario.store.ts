import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Choice } from './allocation.ts';
import type { Scenario } from './scenario.ts';

const SCENARIO = `
  SELECT scenario.id, scenario.event_id AS "eventId", scenario.name, scenario.method, scenario.goal,
         scenario.supplier_id AS "supplierId", scenario.max_suppliers AS "maxSuppliers",
         trim_scale(scenario.max_share_percent)::text AS "maxSharePercent", scenario.state, scenario.outcome,
         scenario.best_amount AS "bestAmount", scenario.bound_amount AS "boundAmount",
         scenario.created_by AS "createdBy", scenario.created_at AS "createdAt",
         scenario.finished_at AS "finishedAt"
    FROM award_scenario AS scenario`;

/** The scenarios of an event, in the order in which they were made. */
export const findScenarios = (tx: Tx, eventId: string): Promise<Scenario[]> =>
  rowsOf<Scenario>(tx, `${SCENARIO} WHERE scenario.event_id = ? ORDER BY scenario.created_at, scenario.id`, [
    eventId,
  ]);

export const findScenario = (tx: Tx, id: string): Promise<Scenario | undefined> =>
  firstOf<Scenario>(tx, `${SCENARIO} WHERE scenario.id = ?`, [id]);

export const lockScenario = (tx: Tx, id: string): Promise<Scenario | undefined> =>
  firstOf<Scenario>(tx, `${SCENARIO} WHERE scenario.id = ? FOR UPDATE`, [id]);

/** What each scenario of the event gives to whom, by scenario. */
export async function findChoices(tx: Tx, eventId: string): Promise<Map<string, Choice[]>> {
  const rows = await rowsOf<Choice & { readonly scenarioId: string }>(
    tx,
    `SELECT line.scenario_id AS "scenarioId", line.event_item_id AS "eventItemId", line.supplier_id AS "supplierId",
            line.alternate_no AS "alternateNo", trim_scale(line.quantity)::text AS quantity, '' AS reason
       FROM award_scenario_line AS line
       JOIN award_scenario AS scenario ON scenario.id = line.scenario_id
       JOIN event_item ON event_item.id = line.event_item_id
      WHERE scenario.event_id = ?
      ORDER BY event_item.line_no, line.supplier_id`,
    [eventId],
  );
  const choices = new Map<string, Choice[]>();
  for (const { scenarioId, ...choice } of rows) {
    const own = choices.get(scenarioId);
    if (own === undefined) choices.set(scenarioId, [choice]);
    else own.push(choice);
  }
  return choices;
}

export async function insertScenario(tx: Tx, scenario: Scenario, choices: readonly Choice[]): Promise<void> {
  await tx('award_scenario').insert({
    id: scenario.id,
    event_id: scenario.eventId,
    name: scenario.name,
    method: scenario.method,
    goal: scenario.goal,
    supplier_id: scenario.supplierId,
    max_suppliers: scenario.maxSuppliers,
    max_share_percent: scenario.maxSharePercent,
    state: scenario.state,
    created_by: scenario.createdBy,
    created_at: scenario.createdAt,
    finished_at: scenario.finishedAt,
  });
  await insertChoices(tx, scenario.id, choices);
}

/** Writes all of them in one statement. */
export async function insertChoices(tx: Tx, scenarioId: string, choices: readonly Choice[]): Promise<void> {
  if (choices.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO award_scenario_line (scenario_id, event_item_id, supplier_id, alternate_no, quantity)
     SELECT ?, line."eventItemId", line."supplierId", coalesce(line."alternateNo", 0), line.quantity
       FROM jsonb_to_recordset(?::jsonb)
         AS line ("eventItemId" uuid, "supplierId" uuid, "alternateNo" integer, quantity numeric)`,
    [scenarioId, JSON.stringify(choices)],
  );
}

/** Saves how far the search is, or what it came to. */
export async function saveSearch(
  tx: Tx,
  scenario: Pick<Scenario, 'id' | 'state' | 'outcome' | 'bestAmount' | 'boundAmount' | 'finishedAt'>,
): Promise<void> {
  await tx('award_scenario').where({ id: scenario.id }).update({
    state: scenario.state,
    outcome: scenario.outcome,
    best_amount: scenario.bestAmount,
    bound_amount: scenario.boundAmount,
    finished_at: scenario.finishedAt,
  });
}

/** Saves what the search has found so far; one that is over stays as it is. */
export async function saveProgress(
  tx: Tx,
  of: Pick<Scenario, 'id' | 'bestAmount' | 'boundAmount'>,
): Promise<void> {
  await tx('award_scenario')
    .where({ id: of.id, state: 'solving' })
    .update({ best_amount: of.bestAmount, bound_amount: of.boundAmount });
}

/** False when it was gone already. */
export const deleteScenario = async (tx: Tx, of: { id: string; eventId: string }): Promise<boolean> =>
  (await tx('award_scenario').where({ id: of.id, event_id: of.eventId }).delete()) === 1;

export const isNameTaken = async (tx: Tx, of: { eventId: string; name: string }): Promise<boolean> =>
  (await firstOf(
    tx,
    `SELECT 1 FROM award_scenario AS scenario
      WHERE scenario.event_id = ? AND lower(scenario.name) = lower(?) AND scenario.name <> ''`,
    [of.eventId, of.name],
  )) !== undefined;

import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Budget, BudgetKey, BudgetTerms, Commitment, Move } from './budget.ts';

const BUDGET = `
  SELECT budget.id, budget.account, budget.plant_code AS "plantCode", budget.year,
         trim_scale(budget.amount)::text AS amount, budget.currency, budget.over_budget AS "overBudget",
         budget.owner_id AS "ownerId", budget.version,
         (SELECT trim_scale(COALESCE(sum(one.reserved), 0))::text
            FROM budget_commitment AS one WHERE one.budget_id = budget.id) AS reserved,
         (SELECT trim_scale(COALESCE(sum(one.committed), 0))::text
            FROM budget_commitment AS one WHERE one.budget_id = budget.id) AS committed
    FROM budget`;

/** The budget with what is spoken for of it, or undefined; with `plants`, only at one of them. */
export const findById = (
  tx: Tx,
  of: { id: string; plants: readonly string[] | null },
): Promise<Budget | undefined> =>
  firstOf<Budget>(
    tx,
    `${BUDGET} WHERE budget.id = ? AND COALESCE(budget.plant_code = ANY (CAST(? AS text[])), TRUE)`,
    [of.id, of.plants],
  );

/** Those of these ids, after {@link hold} has locked them: a sum that is read after the lock misses nothing. */
export const findHeld = (tx: Tx, ids: readonly string[]): Promise<Budget[]> =>
  rowsOf<Budget>(tx, `${BUDGET} WHERE budget.id = ANY (?::uuid[]) ORDER BY budget.id`, [[...ids]]);

/** Locks these budgets, in one order whoever asks; gives their ids. */
export const hold = async (tx: Tx, ids: readonly string[]): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      'SELECT budget.id FROM budget WHERE budget.id = ANY (?::uuid[]) ORDER BY budget.id FOR UPDATE',
      [[...ids]],
    )
  ).map(({ id }) => id);

/** The budgets for these accounts, plants and years. */
export const findIdsByKeys = async (tx: Tx, keys: readonly BudgetKey[]): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      `SELECT DISTINCT budget.id
         FROM budget
         JOIN jsonb_to_recordset(?::jsonb) AS wanted (account text, "plantCode" text, year integer)
           ON wanted.account = budget.account AND wanted."plantCode" = budget.plant_code AND wanted.year = budget.year`,
      [JSON.stringify(keys)],
    )
  ).map(({ id }) => id);

const columns = (terms: BudgetTerms): Record<string, unknown> => ({
  account: terms.account,
  plant_code: terms.plantCode,
  year: terms.year,
  amount: terms.amount,
  currency: terms.currency,
  over_budget: terms.overBudget,
  owner_id: terms.ownerId,
});

/** False where there is one for this account, plant and year. */
export async function insertBudget(
  tx: Tx,
  budget: BudgetTerms & { id: string; createdAt: Date },
): Promise<boolean> {
  const rows = await tx('budget')
    .insert({ ...columns(budget), id: budget.id, created_at: budget.createdAt })
    .onConflict(['account', 'plant_code', 'year'])
    .ignore()
    .returning('id');
  return rows.length === 1;
}

/** False when the version is no longer the one that was read. */
export async function saveBudget(
  tx: Tx,
  budget: BudgetTerms & { id: string; version: number },
): Promise<boolean> {
  const saved = await tx('budget')
    .where({ id: budget.id, version: budget.version })
    .update({ ...columns(budget), version: budget.version + 1 });
  return saved === 1;
}

/** What these documents have spoken for. */
export const findCommitments = (tx: Tx, documentIds: readonly string[]): Promise<Commitment[]> =>
  rowsOf<Commitment>(
    tx,
    `SELECT one.id, one.budget_id AS "budgetId", one.document_type AS "documentType",
            one.document_id AS "documentId", one.label, trim_scale(one.reserved)::text AS reserved,
            trim_scale(one.committed)::text AS committed, one.is_overrun AS "isOverrun"
       FROM budget_commitment AS one
      WHERE one.document_id = ANY (?::uuid[])
      ORDER BY one.id`,
    [[...documentIds]],
  );

/** What is spoken for of a budget, the largest first; what was freed altogether is left out. */
export const findCommitmentsOf = (tx: Tx, budgetId: string): Promise<(Commitment & { changedAt: Date })[]> =>
  rowsOf(
    tx,
    `SELECT one.id, one.budget_id AS "budgetId", one.document_type AS "documentType",
            one.document_id AS "documentId", one.label, trim_scale(one.reserved)::text AS reserved,
            trim_scale(one.committed)::text AS committed, one.is_overrun AS "isOverrun",
            one.changed_at AS "changedAt"
       FROM budget_commitment AS one
      WHERE one.budget_id = ? AND one.reserved + one.committed > 0
      ORDER BY one.reserved + one.committed DESC, one.id
      LIMIT 500`,
    [budgetId],
  );

/** Writes commitments; one that a document had and freed is written anew. */
export async function insertCommitments(
  tx: Tx,
  of: { commitments: readonly Commitment[]; at: Date },
): Promise<void> {
  const rows = of.commitments.map((one) => ({
    id: one.id,
    budget_id: one.budgetId,
    document_type: one.documentType,
    document_id: one.documentId,
    label: one.label,
    reserved: one.reserved,
    committed: one.committed,
    is_overrun: one.isOverrun,
    created_at: of.at,
    changed_at: of.at,
  }));
  await rowsOf(
    tx,
    `INSERT INTO budget_commitment
     SELECT * FROM jsonb_populate_recordset(NULL::budget_commitment, ?::jsonb)
     ON CONFLICT (document_type, document_id) DO UPDATE
        SET budget_id = excluded.budget_id, label = excluded.label, reserved = excluded.reserved,
            committed = excluded.committed, is_overrun = excluded.is_overrun, changed_at = excluded.changed_at`,
    [JSON.stringify(rows)],
  );
}

/** Saves many in one statement. */
export async function saveMoves(tx: Tx, of: { moves: readonly Move[]; at: Date }): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE budget_commitment AS one
        SET reserved = moved.reserved, committed = moved.committed, changed_at = ?
       FROM jsonb_to_recordset(?::jsonb)
         AS moved ("documentType" text, "documentId" uuid, reserved numeric, committed numeric)
      WHERE one.document_type = moved."documentType" AND one.document_id = moved."documentId"`,
    [of.at, JSON.stringify(of.moves)],
  );
}

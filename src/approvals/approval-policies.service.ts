import { record } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { conflict, invalid, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as people from './approval.store.ts';
import { type ApprovableType, type ApprovalRule, approverRoles, chainedTypes, rolesFor } from './approval.ts';
import { assertSensible } from './approval-chain.ts';
import { type ApprovalPolicy, findPolicies, findPolicyOn, insertPolicy } from './approval-policy.store.ts';

/** Every version of the rules of a kind of document, and which of them holds today. */
export async function getPolicies(
  ctx: Ctx,
  documentType: ApprovableType,
): Promise<{ versions: readonly ApprovalPolicy[]; current: ApprovalPolicy | null; today: Day }> {
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  return {
    versions: await findPolicies(ctx.tx, documentType),
    current: (await findPolicyOn(ctx.tx, { documentType, day: today })) ?? null,
    today,
  };
}

/** Which kinds of documents have rules today. */
export async function listKinds(
  ctx: Ctx,
): Promise<{ documentType: ApprovableType; current: ApprovalPolicy | null }[]> {
  const kinds = [];
  for (const documentType of chainedTypes)
    kinds.push({ documentType, current: (await getPolicies(ctx, documentType)).current });
  return kinds;
}

/** Everybody who can be asked by name. */
export const findPossibleApprovers = (ctx: Ctx): Promise<{ id: string; name: string; email: string }[]> =>
  people.findPossibleApprovers(ctx.tx, approverRoles);

/** What a rule can name. */
export const ruleChoices = async (ctx: Ctx, documentType: ApprovableType) => ({
  roles: rolesFor(documentType),
  people: await people.findPossibleApprovers(ctx.tx, rolesFor(documentType)),
  categories: await listCategories(ctx),
  plants: await listPlants(ctx),
});

/**
 * Writes the next version of the rules. It holds from its day on; what was asked before keeps the rules it began with.
 * `version` is the newest one the author saw.
 * @throws AppError `approval_policy.changed-meanwhile`, `approval_policy.begins-in-the-past`, `form.invalid`, and what
 * the rule `assertSensible` throws
 */
export async function writePolicy(
  ctx: Ctx,
  of: {
    documentType: ApprovableType;
    version: number;
    validFrom: Day;
    currency: string;
    note: string;
    rules: readonly ApprovalRule[];
  },
): Promise<number> {
  const { versions, today } = await getPolicies(ctx, of.documentType);
  if ((versions[0]?.version ?? 0) !== of.version)
    throw conflict('approval_policy.changed-meanwhile', 'Somebody else wrote a version meanwhile');
  if (of.validFrom < today)
    throw ruleBroken('approval_policy.begins-in-the-past', 'Rules begin today at the earliest');
  assertSensible(of.rules);
  await assertKnown(ctx, of.documentType, of.rules);
  const id = newId();
  const version = await insertPolicy(ctx.tx, {
    ...of,
    id,
    createdBy: ctx.actor.userId ?? '',
    createdAt: ctx.now,
  });
  await record(ctx, {
    action: 'approval_policy.written',
    subject: { type: 'approval_policy', id },
    reason: of.note === '' ? null : of.note,
    changes: {
      documentType: of.documentType,
      version,
      validFrom: of.validFrom,
      ruleCount: of.rules.length,
    },
  });
  return version;
}

/** @throws AppError `form.invalid` for a person who cannot approve, an unknown plant or category */
async function assertKnown(
  ctx: Ctx,
  documentType: ApprovableType,
  rules: readonly ApprovalRule[],
): Promise<void> {
  const choices = await ruleChoices(ctx, documentType);
  const isIn = (codes: readonly string[], code: string | null) => code === null || codes.includes(code);
  const personIds = choices.people.map(({ id }) => id);
  const categories = choices.categories.map(({ code }) => code);
  const plants = choices.plants.map(({ code }) => code);
  const wrong = rules.flatMap((rule, index) => [
    ...(isIn(personIds, rule.approverId) && isIn(choices.roles, rule.approverRole)
      ? []
      : [`rules.${index}.approver`]),
    ...(isIn(personIds, rule.escalateTo) ? [] : [`rules.${index}.escalateTo`]),
    ...(isIn(categories, rule.categoryCode) ? [] : [`rules.${index}.categoryCode`]),
    ...(isIn(plants, rule.plantCode) ? [] : [`rules.${index}.plantCode`]),
  ]);
  if (wrong.length > 0)
    throw invalid(
      'form.invalid',
      'The form has errors',
      wrong.map((path) => ({
        path,
        code: 'form.invalid-choice',
        message: 'Choose one of the listed values.',
      })),
    );
}

import { copyAttachment, documentsOfAll } from '../documents/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findPlan, importRequirements } from './evaluation-plan.service.ts';
import type { NewRequirement } from './requirement.ts';
import { findEventItems, findLots } from './sourcing.service.ts';

/**
 * Gives a draft the files of another event, of its lots and of its lines, and these questions of it. Lots and lines are
 * known again by their numbers. What answers count for stays behind: the draft has criteria of its own.
 * @throws AppError `requirement.not-found` for a question that the other event does not ask
 */
export async function takeOver(
  ctx: Ctx,
  of: { fromEventId: string; toEventId: string; requirementIds: readonly string[] },
): Promise<void> {
  const [fromLots, toLots, fromItems, toItems] = [
    await findLots(ctx, of.fromEventId),
    await findLots(ctx, of.toEventId),
    await findEventItems(ctx, of.fromEventId),
    await findEventItems(ctx, of.toEventId),
  ];
  const lotOf = new Map(
    fromLots.map((lot) => [lot.id, toLots.find((one) => one.lotNo === lot.lotNo)?.id ?? null]),
  );
  const itemOf = new Map(
    fromItems.map((item) => [item.id, toItems.find((one) => one.lineNo === item.lineNo)?.id ?? null]),
  );
  await copyFiles(ctx, 'sourcing_event', new Map([[of.fromEventId, of.toEventId]]));
  await copyFiles(ctx, 'lot', lotOf);
  await copyFiles(ctx, 'event_item', itemOf);
  if (of.requirementIds.length === 0) return;
  const { requirements } = await findPlan(ctx, of.fromEventId);
  const chosen = new Set(of.requirementIds);
  for (const id of chosen)
    found(
      'requirement',
      requirements.find((one) => one.id === id),
    );
  await importRequirements(ctx, {
    eventId: of.toEventId,
    version: (await findPlan(ctx, of.toEventId)).version,
    mode: 'add',
    requirements: requirements
      .filter((one) => chosen.has(one.id))
      .map(
        ({ id: _id, number: _number, lotId, ...one }): NewRequirement => ({
          ...one,
          criterionId: null,
          scoring: null,
          lotId: lotId === null ? null : (lotOf.get(lotId) ?? null),
        }),
      ),
  });
}

/** What all invited suppliers had with the one, they get with the other. */
async function copyFiles(ctx: Ctx, type: string, to: ReadonlyMap<string, string | null>): Promise<void> {
  for (const document of await documentsOfAll(ctx, type, [...to.keys()])) {
    const id = to.get(document.subject.id) ?? null;
    if (id === null || document.visibility !== 'participants') continue;
    await copyAttachment(ctx, { documentId: document.id, subject: { type, id }, visibility: 'participants' });
  }
}

import { strict as assert } from 'node:assert';
import { recordAll } from '../audit/index.ts';
import { divideReserved } from '../budgets/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { addDecimals } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { type Split, splitsOf, type Taking } from './parts.ts';
import * as store from './requisition.store.ts';
import {
  isUnderWay,
  type LineProgress,
  type Requisition,
  requisitionLifecycle,
  stateOfLines,
  type WaitingLine,
} from './requisition.ts';
import { saveMove } from './requisition-acts.service.ts';
import { findWaitingLines } from './waiting-lines.queries.ts';

/**
 * Takes approved lines that wait, for an event of the one who acts: held until the transaction ends, so that no line is
 * asked for twice.
 * @throws AppError `requisition_line.not-found`, `requisition_line.is-taken`
 */
export async function lockLinesToSource(ctx: Ctx, lineIds: readonly string[]): Promise<WaitingLine[]> {
  await lockByLines(ctx, lineIds);
  const lines = await findWaitingLines(ctx, { lineIds, ...placesOf(ctx.actor) });
  if (lines.length < new Set(lineIds).size)
    throw ruleBroken('requisition_line.is-taken', 'A line does not wait any more');
  return lines;
}

/**
 * Takes this much of lines that wait: what is left of a line goes on waiting under its id, and what is taken is a line of
 * its own, with its share of what is reserved. Gives what is taken.
 * @throws AppError `requisition_line.more-than-left`, `requisition_line.nothing-taken`
 */
export async function takeOfLines(
  ctx: Ctx,
  lines: readonly WaitingLine[],
  takings: readonly Taking[],
): Promise<WaitingLine[]> {
  const partIds = await split(ctx, splitsOf(lines, takings));
  const taken = new Map(takings.map(({ lineId, quantity }) => [lineId, quantity]));
  return lines.map((line) => {
    const id = partIds.get(line.id);
    return id === undefined ? line : { ...line, id, quantity: taken.get(line.id) ?? line.quantity };
  });
}

/**
 * Gives back what is not wanted of lines that are taken: they keep this much, and the rest waits again.
 * @throws AppError `requisition_line.more-than-left`, `requisition_line.nothing-taken`
 */
export async function giveBackOfLines(
  ctx: Ctx,
  lines: readonly WaitingLine[],
  kept: readonly Taking[],
): Promise<WaitingLine[]> {
  const splits = splitsOf(lines, kept);
  const partIds = await split(
    ctx,
    splits.map(({ lineId, quantity, rest }) => ({ lineId, quantity: rest, rest: quantity })),
  );
  // Nothing moves, but what waits again says where its requisition stands.
  await freeLines(ctx, [...partIds.values()]);
  const keeps = new Map(kept.map(({ lineId, quantity }) => [lineId, quantity]));
  return lines.map((line) => ({ ...line, quantity: keeps.get(line.id) ?? line.quantity }));
}

/** Gives the id of each part that is split off, by the id of its line. */
async function split(ctx: Ctx, splits: readonly Split[]): Promise<ReadonlyMap<string, string>> {
  const partIds = new Map(splits.map(({ lineId }) => [lineId, newId()]));
  if (splits.length === 0) return partIds;
  const requisitions = await lockByLines(ctx, [...partIds.keys()]);
  const named = splits.map(({ lineId: id, ...rest }) => ({
    ...rest,
    id,
    partId: found('part', partIds.get(id)),
  }));
  await store.splitLines(ctx.tx, named);
  await divideReserved(
    ctx,
    named.map(({ id, partId, quantity, rest }) => ({
      documentId: id,
      partId,
      part: quantity,
      whole: addDecimals([quantity, rest]),
    })),
  );
  const lines = await store.findLines(
    ctx.tx,
    requisitions.map(({ id }) => id),
  );
  await recordAll(
    ctx,
    requisitions.map((requisition) => ({
      action: 'requisition.split',
      subject: { type: 'requisition', id: requisition.id },
      changes: {
        reference: requisition.reference,
        parts: lines
          .filter((line) => line.requisitionId === requisition.id)
          .flatMap((line) => {
            const one = named.find(({ id }) => id === line.id);
            return one === undefined ? [] : [{ lineNo: line.lineNo, quantity: one.quantity, rest: one.rest }];
          }),
      },
    })),
  );
  return partIds;
}

/** The requisitions before their lines, in one order: every act takes its locks like this. */
async function lockByLines(ctx: Ctx, lineIds: readonly string[]): Promise<Requisition[]> {
  return store.lockByIds(ctx.tx, await store.findRequisitionIds(ctx.tx, lineIds));
}

/** An event asks for these lines. */
export const markSourcing = (ctx: Ctx, lineIds: readonly string[]): Promise<void> =>
  mark(ctx, lineIds, { progress: 'sourcing', from: ['open'] });

/** The event is over without them, or asks for them no more: they wait again, with what they have reserved. */
export const freeLines = (ctx: Ctx, lineIds: readonly string[]): Promise<void> =>
  mark(ctx, lineIds, { progress: 'open', from: ['sourcing', 'ordered'] });

/** They are ordered. */
export const markOrdered = (ctx: Ctx, lineIds: readonly string[]): Promise<void> =>
  mark(ctx, lineIds, { progress: 'ordered', from: ['open', 'sourcing'] });

/** What was ordered of them has come. Safe to repeat. */
export const markReceived = (ctx: Ctx, lineIds: readonly string[]): Promise<void> =>
  mark(ctx, lineIds, { progress: 'received', from: ['ordered'] });

/** Lines move, and with them the state of their requisitions, which nobody sets by hand. */
async function mark(
  ctx: Ctx,
  lineIds: readonly string[],
  to: { progress: LineProgress; from: readonly LineProgress[] },
): Promise<void> {
  if (lineIds.length === 0) return;
  const requisitions = await lockByLines(ctx, lineIds);
  const ids = requisitions.map(({ id }) => id);
  const wanted = new Set(lineIds);
  const movable = (await store.findLines(ctx.tx, ids)).filter(
    (line) => wanted.has(line.id) && to.from.includes(line.progress),
  );
  await store.saveProgress(ctx.tx, { lineIds: movable.map(({ id }) => id), progress: to.progress });
  const lines = await store.findLines(ctx.tx, ids);
  for (const before of requisitions) {
    const state = stateOfLines(lines.filter((line) => line.requisitionId === before.id));
    if (state === before.state || !isUnderWay(before.state)) continue;
    assertMoves(before, state);
    await saveMove(ctx, { before, after: { ...before, state }, act: 'progressed', changes: { state } });
  }
}

/** What the lines make is a move of the lifecycle too; another one would be a fault of this program. */
function assertMoves(before: Requisition, state: Requisition['state']): void {
  const reachable: readonly string[] = Object.values(requisitionLifecycle.moves[before.state]);
  assert(reachable.includes(state), `A ${before.state} requisition does not become ${state}`);
}

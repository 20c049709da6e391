import type { Ctx } from '../platform/db/context.ts';
import type { Act } from './act.ts';
import { findActsOn, findTimeline, insertActs, type TimelineEntry } from './event.store.ts';
import { withinLimit } from './limited-acts.ts';

export type { Act } from './act.ts';
export { auditRoutes } from './audit.routes.ts';
export { takeCheckpointToMail } from './audit.service.ts';
export { isSignedBy, originOf, readCheckpoint, type Verifier, verifierOf } from './checkpoint.ts';
export type { TimelineEntry } from './event.store.ts';
export { findingKinds } from './finding.ts';
export { type CarriedCheckpoint, latestCheckpoint } from './latest-checkpoint.service.ts';
export { leafHashOfRecord } from './leaf.ts';
export { isIncluded } from './merkle.ts';
export { notePageViews } from './page-views.middleware.ts';
export { type PageViews, removeOldPageViews, startPageViews } from './page-views.service.ts';
export { startSealer } from './sealer.service.ts';
export { type VerifyProgress, verifyRecord } from './verify.service.ts';

/** Appends the act to the record in the caller's transaction: no change without its record. Gives the event's id. */
export async function record(ctx: Ctx, act: Act): Promise<string> {
  return (await recordAll(ctx, [act]))[0] as string;
}

/** Records several acts in one statement, in their order. */
export const recordAll = (ctx: Ctx, acts: readonly Act[]): Promise<string[]> =>
  acts.length === 0 ? Promise.resolve([]) : insertActs(ctx, withinLimit(ctx.actor, acts));

/** The last 50 acts on a document and what belongs to it; a supplier sees those that concern it. */
export const timelineOf = (ctx: Ctx, ...subjectIds: readonly string[]): Promise<TimelineEntry[]> =>
  findTimeline(ctx.tx, { subjectIds, supplierId: ctx.actor.supplierId, limit: 50 });

/** Every act on one subject, the first one first: for a subject that is known to have a bounded number. */
export const actsOn = (ctx: Ctx, subject: Act['subject']): Promise<TimelineEntry[]> =>
  findActsOn(ctx.tx, subject);

import { record } from '../audit/index.ts';
import { conflict, found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findSuppliers, isInvitable, type Supplier } from '../suppliers/index.ts';
import { inviteSuppliers } from './invitations.service.ts';
import * as store from './shortlist.store.ts';
import { assertKeptBy, assertMemberCount, type Shortlist, splitInvitable } from './shortlist.ts';
import { provenSuppliers } from './sourcing.queries.ts';
import { findEvent, listInvitations } from './sourcing.service.ts';

const userOf = (ctx: Ctx): string => found('user', ctx.actor.userId);

/** Those the actor may use: its own, and what others share. */
export const listShortlists = (ctx: Ctx): Promise<Shortlist[]> => store.findShortlists(ctx.tx, userOf(ctx));

/** @throws AppError `shortlist.not-found`, also for another's that is not shared */
export async function getShortlist(
  ctx: Ctx,
  id: string,
): Promise<{ shortlist: Shortlist; members: Supplier[] }> {
  const shortlist = found('shortlist', await store.findShortlist(ctx.tx, { id, userId: userOf(ctx) }));
  return { shortlist, members: await findSuppliers(ctx, shortlist.memberIds) };
}

type Named = { readonly name: string; readonly isShared: boolean };

/**
 * Makes a list by hand, or of those who bid in a category before. Gives its id.
 * @throws AppError `shortlist.name-in-use`
 */
export async function makeShortlist(ctx: Ctx, of: Named & { categoryCode: string | null }): Promise<string> {
  const proven = of.categoryCode === null ? [] : await provenSuppliers(ctx, of.categoryCode);
  return insert(
    ctx,
    of,
    proven.map(({ supplierId }) => supplierId),
  );
}

/** Makes a list of those an event invites. @throws AppError `sourcing_event.not-found`, `shortlist.name-in-use` */
export async function keepInvited(ctx: Ctx, of: Named & { eventId: string }): Promise<string> {
  const event = await findEvent(ctx, of.eventId);
  const invited = await listInvitations(ctx, event.id);
  return insert(
    ctx,
    of,
    invited.filter((one) => one.state !== 'uninvited').map((one) => one.supplierId),
  );
}

async function insert(ctx: Ctx, of: Named, supplierIds: readonly string[]): Promise<string> {
  assertMemberCount(supplierIds.length);
  const { name, isShared } = of;
  const list = { id: newId(), name, isShared, ownerId: userOf(ctx), createdAt: ctx.now };
  if (!(await store.insertShortlist(ctx.tx, list))) throw nameInUse();
  await store.replaceMembers(ctx.tx, { id: list.id, supplierIds });
  await recordAct(ctx, list, 'made', { name, isShared, memberCount: supplierIds.length });
  return list.id;
}

/**
 * Changes a list of one's own: its name, who sees it, and who is on it. `version` is the one the editor saw.
 * @throws AppError `shortlist.not-found`, `shortlist.owner-keeps-it`, `shortlist.changed-meanwhile`,
 * `shortlist.name-in-use`, `shortlist.too-many-members`, `supplier.not-found`
 */
export async function reviseShortlist(
  ctx: Ctx,
  to: Named & { id: string; version: number; supplierIds: readonly string[] },
): Promise<void> {
  const before = await lockOwn(ctx, to.id);
  if (before.version !== to.version)
    throw conflict('shortlist.changed-meanwhile', 'The list was changed in another window');
  const supplierIds = [...new Set(to.supplierIds)];
  assertMemberCount(supplierIds.length);
  if ((await findSuppliers(ctx, supplierIds)).length < supplierIds.length) throw notFound('supplier');
  if (!(await store.saveShortlist(ctx.tx, to))) throw nameInUse();
  await store.replaceMembers(ctx.tx, { id: to.id, supplierIds });
  const { name, isShared } = to;
  await recordAct(ctx, to, 'revised', { name, isShared, memberCount: supplierIds.length });
}

/** @throws AppError `shortlist.not-found`, `shortlist.owner-keeps-it` */
export async function removeShortlist(ctx: Ctx, id: string): Promise<void> {
  const { name } = await lockOwn(ctx, id);
  await store.deleteShortlist(ctx.tx, id);
  await recordAct(ctx, { id }, 'removed', { name });
}

/**
 * Invites everybody on a list who may be invited, in one act; gives the names of those who were left out.
 * @throws AppError `shortlist.not-found`, `shortlist.nobody-to-invite`, and what `inviteSuppliers` throws
 */
export async function inviteShortlist(
  ctx: Ctx,
  of: { eventId: string; shortlistId: string },
): Promise<readonly string[]> {
  const { shortlist, members } = await getShortlist(ctx, of.shortlistId);
  const { asked, leftOut } = splitInvitable(members, isInvitable);
  await inviteSuppliers(
    ctx,
    of.eventId,
    asked.map(({ id }) => id),
  );
  const names = leftOut.map(({ name }) => name);
  await record(ctx, {
    action: 'sourcing_event.shortlist-invited',
    subject: { type: 'sourcing_event', id: of.eventId },
    changes: { shortlist: shortlist.name, count: asked.length, leftOut: names },
  });
  return names;
}

async function lockOwn(ctx: Ctx, id: string): Promise<Shortlist> {
  const userId = userOf(ctx);
  const shortlist = found('shortlist', await store.lockShortlist(ctx.tx, { id, userId }));
  assertKeptBy(shortlist, userId);
  return shortlist;
}

const nameInUse = () => ruleBroken('shortlist.name-in-use', 'You have a list of this name already');

const recordAct = (
  ctx: Ctx,
  { id }: { id: string },
  act: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<string> =>
  record(ctx, { action: `shortlist.${act}`, subject: { type: 'shortlist', id }, changes });

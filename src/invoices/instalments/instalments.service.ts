import { record } from '../../audit/index.ts';
import { attachUploads, type Document, documentsOf } from '../../documents/index.ts';
import { assertMay, mayUse } from '../../identity/index.ts';
import { personsOf } from '../../kernel/actor.ts';
import { conflict, found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Day } from '../../kernel/time.ts';
import {
  assertRunning,
  findOrder,
  lockOrder,
  type PricedInstalment,
  type PurchaseOrder,
  pricedInstalments,
} from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { latestDay, personIn } from '../invoices.service.ts';
import * as store from './instalment.store.ts';
import {
  assertConfirmable,
  assertMayConfirm,
  assertShown,
  type InstalmentProgress,
  instalmentLifecycle,
} from './instalment.ts';

/** Which instalment of which order, and the state of it that was in front of the one who acts. */
export type NamedInstalment = { readonly orderId: string; readonly no: number; readonly version: number };
export type OneInstalment = {
  readonly order: PurchaseOrder;
  readonly planned: PricedInstalment;
  readonly progress: InstalmentProgress;
};

/** One that nothing has happened of yet. */
export const untouched = (order: PurchaseOrder, no: number): InstalmentProgress => ({
  id: newId(),
  orderId: order.id,
  no,
  supplierId: order.supplierId,
  state: instalmentLifecycle.initial,
  note: '',
  askedBy: null,
  askedAt: null,
  reachedOn: null,
  decidedBy: null,
  decidedAt: null,
  decisionReason: '',
  version: 0,
});

/** What an order's plan has of instalments, with their amounts. */
export const instalmentsOf = (order: PurchaseOrder): PricedInstalment[] =>
  order.plan === null
    ? []
    : pricedInstalments(order.plan, { ...order, totalAmount: order.totalAmount ?? '0' });

/**
 * The instalment, held with its order until the transaction ends.
 * @throws AppError `purchase_order.not-found`, `instalment.not-found`, `instalment.changed-meanwhile`
 */
export async function lockInstalment(ctx: Ctx, of: NamedInstalment): Promise<OneInstalment> {
  const order = await lockOrder(ctx, of.orderId);
  const planned = found(
    'instalment',
    instalmentsOf(order).find((one) => one.no === of.no),
  );
  const progress = (await store.lockProgress(ctx.tx, of)) ?? untouched(order, of.no);
  if (progress.version !== of.version)
    throw conflict('instalment.changed-meanwhile', 'Somebody acted on it meanwhile');
  return { order, planned, progress };
}

/**
 * The supplier says that a milestone is reached, or hands in the guarantee, with what shows it.
 * @throws AppError what {@link lockInstalment} and `attachUploads` throw, `instalment.needs-no-confirmation`,
 * `instalment.cannot-ask`, and of an order that is not running
 */
export async function askForInstalment(
  ctx: Ctx,
  of: NamedInstalment & { note: string; files: readonly UploadedFile[] },
): Promise<void> {
  const { order, planned, progress } = await lockInstalment(ctx, of);
  assertRunning(order);
  assertConfirmable(planned);
  assertMay(ctx, 'instalment.ask', progress);
  const asked = {
    ...progress,
    state: instalmentLifecycle.next(progress.state, 'ask'),
    note: of.note,
    askedBy: personIn(ctx),
    askedAt: ctx.now,
    decisionReason: '',
  };
  await store.saveProgress(ctx.tx, asked);
  await attach(ctx, asked, of.files);
  await tell(ctx, 'instalment-asked', { order, planned, progress: asked, reason: of.note });
}

/**
 * The buyer or the requester confirms it with its day and a file that shows it: the supplier's, or one of ours.
 * @throws AppError what {@link lockInstalment}, {@link assertMayConfirm}, {@link assertShown} and `attachUploads` throw,
 * `instalment.needs-no-confirmation`, `instalment.cannot-confirm`
 */
export async function confirmInstalment(
  ctx: Ctx,
  of: NamedInstalment & { reachedOn: Day; files: readonly UploadedFile[] },
): Promise<void> {
  const { order, planned, progress } = await lockInstalment(ctx, of);
  assertRunning(order);
  assertConfirmable(planned);
  assertMay(ctx, 'instalment.confirm', progress);
  await assertOursToConfirm(ctx, order);
  const state = instalmentLifecycle.next(progress.state, 'confirm');
  const earlier = await documentsOf(ctx, 'instalment', progress.id);
  assertShown({
    reachedOn: of.reachedOn,
    today: latestDay(ctx),
    fileCount: earlier.length + of.files.length,
  });
  const confirmed = { ...progress, ...decidedBy(ctx), state, reachedOn: of.reachedOn, decisionReason: '' };
  await store.saveProgress(ctx.tx, confirmed);
  await attach(ctx, confirmed, of.files);
  await tell(ctx, 'instalment-confirmed', { order, planned, progress: confirmed, reason: null });
}

/**
 * It is not reached, or the guarantee is not good: the supplier is told why, and asks again.
 * @throws AppError what {@link lockInstalment} and {@link assertMayConfirm} throw, `instalment.cannot-decline`
 */
export async function declineInstalment(ctx: Ctx, of: NamedInstalment & { reason: string }): Promise<void> {
  const { order, planned, progress } = await lockInstalment(ctx, of);
  assertMay(ctx, 'instalment.decline', progress);
  await assertOursToConfirm(ctx, order);
  const state = instalmentLifecycle.next(progress.state, 'decline');
  const declined = { ...progress, ...decidedBy(ctx), state, decisionReason: of.reason };
  await store.saveProgress(ctx.tx, declined);
  await tell(ctx, 'instalment-declined', { order, planned, progress: declined, reason: of.reason });
}

const decidedBy = (ctx: Ctx) => ({ decidedBy: personIn(ctx), decidedAt: ctx.now });

async function assertOursToConfirm(ctx: Ctx, order: PurchaseOrder): Promise<void> {
  assertMayConfirm(personsOf(ctx.actor), {
    buyerId: order.buyerId,
    requesterIds: await store.findRequesters(ctx.tx, order.id),
    pays: mayUse(ctx, 'invoice.approve') || mayUse(ctx, 'invoice.pay'),
  });
}

async function attach(ctx: Ctx, progress: InstalmentProgress, files: readonly UploadedFile[]): Promise<void> {
  if (files.length === 0) return;
  await attachUploads(ctx, {
    subject: { type: 'instalment', id: progress.id },
    visibility: 'supplier',
    supplierId: progress.supplierId,
    files,
  });
}

/** Instalments are told of on their order's timeline. */
const tell = (ctx: Ctx, act: string, of: OneInstalment & { reason: string | null }): Promise<string> =>
  record(ctx, {
    action: `purchase_order.${act}`,
    subject: { type: 'purchase_order', id: of.order.id },
    supplierId: of.order.supplierId,
    reason: of.reason || null,
    changes: {
      reference: of.order.reference,
      no: of.planned.no,
      name: of.planned.name,
      reachedOn: of.progress.reachedOn,
    },
  });

/** May the actor read a file of an instalment? Who sees its order, or needs what it buys. */
export async function mayReadInstalmentDocument(
  ctx: Ctx,
  document: Pick<Document, 'subject'>,
): Promise<boolean> {
  if (!mayUse(ctx, 'instalment.read')) return false;
  const orderId = await store.findOrderOfInstalment(ctx.tx, document.subject.id);
  if (orderId === undefined || (await findOrder(ctx, orderId)) === undefined) return false;
  if (mayUse(ctx, 'order.read')) return true;
  const requesters = await store.findRequesters(ctx.tx, orderId);
  return personsOf(ctx.actor).some((person) => requesters.includes(person));
}

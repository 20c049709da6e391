import { findUsersByRole } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { everywhere } from '../kernel/scope.ts';
import type { Ctx } from '../platform/db/context.ts';
import { supplierUserIds } from '../suppliers/index.ts';
import { findById } from './dispute.store.ts';
import { type Dispute, type DisputedType, whoActs } from './dispute.ts';
import { type DisputeNames, findNames } from './disputes.queries.ts';
import { findDocument, type TalkedDocument } from './documents.service.ts';
import { findAuthors, type Talked } from './message.store.ts';
import { typesReadBy } from './readable-types.ts';

/** What a mail about a dispute says, and whom it goes to: each side's people, and the approvers who decide. */
export type DisputeNews = {
  readonly dispute: Dispute;
  readonly names: DisputeNames;
  readonly buyerPeople: readonly string[];
  readonly supplierPeople: readonly string[];
  /** Those whose turn it is. */
  readonly turnPeople: readonly string[];
};

/** @throws AppError `dispute.not-found` */
export async function getDisputeNews(ctx: Ctx, disputeId: string): Promise<DisputeNews> {
  const dispute = found(
    'dispute',
    await findById(ctx.tx, { id: disputeId, supplierId: null, ...everywhere, types: typesReadBy(ctx) }),
  );
  const sides = await sidesOf(
    ctx,
    { type: 'dispute', id: disputeId },
    {
      ...dispute,
      type: dispute.subjectType,
    },
  );
  const turn = whoActs(dispute);
  return {
    dispute,
    names: found('dispute', await findNames(ctx, disputeId)),
    ...sides,
    turnPeople:
      turn === 'supplier'
        ? sides.supplierPeople
        : turn === 'buyer'
          ? sides.buyerPeople
          : await approversOf(ctx, turn, dispute),
  };
}

async function approversOf(ctx: Ctx, turn: 'approver' | null, dispute: Dispute): Promise<string[]> {
  if (turn === null) return [];
  const tookPart = [dispute.ownerId, dispute.openedBy, dispute.proposedBy];
  return (await findUsersByRole(ctx, 'approver')).map(({ id }) => id).filter((id) => !tookPart.includes(id));
}

/** What a mail about a message on a document says. @throws AppError what `findDocument` throws */
export async function getMessageNews(
  ctx: Ctx,
  on: { type: DisputedType; id: string },
): Promise<{ document: TalkedDocument; buyerPeople: readonly string[]; supplierPeople: readonly string[] }> {
  const document = await findDocument(ctx, on.type, on.id);
  return { document, ...(await sidesOf(ctx, on, document)) };
}

/** Each side's people: who answers for it, and everybody of it who has written. */
async function sidesOf(
  ctx: Ctx,
  on: Talked,
  of: { ownerId: string; supplierId: string; type: DisputedType },
): Promise<{ buyerPeople: string[]; supplierPeople: string[] }> {
  // What is said on an invoice may name prices that not everybody sees.
  const area = of.type === 'invoice' ? 'invoices' : of.type === 'purchase_order' ? 'orders' : 'deliveries';
  const authors = await findAuthors(ctx.tx, on);
  const wrote = (side: 'buyer' | 'supplier') =>
    authors.filter((one) => one.side === side).map(({ id }) => id);
  return {
    buyerPeople: [...new Set([of.ownerId, ...wrote('buyer')])],
    supplierPeople: [
      ...new Set([...(await supplierUserIds(ctx, of.supplierId, area)), ...wrote('supplier')]),
    ],
  };
}

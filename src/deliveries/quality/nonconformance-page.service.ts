import { type TimelineEntry, timelineOf } from '../../audit/index.ts';
import { announcedBefore } from '../../catalog/index.ts';
import { type Document, documentsOf } from '../../documents/index.ts';
import { may, mayUse } from '../../identity/index.ts';
import { hasRole } from '../../kernel/actor.ts';
import { found } from '../../kernel/errors.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Day } from '../../kernel/time.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import { findOrder, findOrderLines, type OrderLine, type PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { findLinesOfReceipt, findReceiptById } from '../goods-receipt.store.ts';
import type { GoodsReceipt } from '../goods-receipt.ts';
import * as store from './nonconformance.store.ts';
import {
  type AnswerStep,
  type CorrectiveAction,
  type Nonconformance,
  nextAnswer,
  whoActs,
} from './nonconformance.ts';
import * as queries from './nonconformances.queries.ts';

export type NonconformancePage = {
  readonly nonconformance: Nonconformance;
  readonly names: queries.NonconformanceNames;
  readonly answers: readonly CorrectiveAction[];
  readonly next: AnswerStep | null;
  readonly turn: 'supplier' | 'buyer' | null;
  /** Until when holidays are announced, where the due day lies beyond. */
  readonly announcedUntil: Day | null;
  readonly documents: readonly Document[];
  readonly mayReturn: boolean;
  readonly mayVerify: boolean;
  readonly mayClose: boolean;
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `nonconformance.not-found` */
export async function getNonconformancePage(ctx: Ctx, id: string): Promise<NonconformancePage> {
  const nonconformance = found('nonconformance', await findNonconformance(ctx, id));
  const answers = await store.findAnswers(ctx.tx, id);
  const asked = { state: nonconformance.state };
  const isSettled = !nonconformance.needs8d && may(ctx, 'nonconformance.settle', asked);
  return {
    nonconformance,
    names: found('nonconformance', await queries.findNonconformanceNames(ctx, id)),
    answers,
    next: nextAnswer(nonconformance, answers),
    turn: whoActs(nonconformance),
    announcedUntil: await announcedBefore(ctx, {
      at: nonconformance.dueAt,
      plantCode: nonconformance.plantCode,
      timeZone: ctx.policies.company.timeZone,
    }),
    documents: await documentsOf(ctx, 'nonconformance', id),
    mayReturn: may(ctx, 'nonconformance.return', asked),
    mayVerify: may(ctx, 'nonconformance.verify', asked),
    mayClose: may(ctx, 'nonconformance.close', asked) || isSettled,
    timeline: await timelineOf(ctx, id),
  };
}

/** The form to report goods with: the lines of a receipt that were taken. */
export type ReportForm = {
  readonly receipt: GoodsReceipt;
  readonly order: PurchaseOrder;
  readonly lines: readonly OrderLine[];
};

/** @throws AppError `goods_receipt.not-found` */
export async function getReportForm(ctx: Ctx, receiptId: string): Promise<ReportForm> {
  const scope = { id: receiptId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const receipt = found('goods_receipt', await findReceiptById(ctx.tx, scope));
  const order = found('purchase_order', await findOrder(ctx, receipt.orderId));
  const taken = new Set((await findLinesOfReceipt(ctx.tx, receiptId)).map((line) => line.poLineId));
  const lines = await findOrderLines(ctx, receipt.orderId);
  return { receipt, order, lines: lines.filter((line) => taken.has(line.id)) };
}

/** May the actor read a file of this nonconformance? */
export const mayReadEvidence = async (ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> =>
  mayUse(ctx, 'nonconformance.read') && (await findNonconformance(ctx, document.subject.id)) !== undefined;

/** The nonconformance, if the actor may see it. */
export const findNonconformance = (ctx: Ctx, id: string): Promise<Nonconformance | undefined> =>
  store.findNonconformance(ctx.tx, { id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

export const getNonconformanceList = (
  ctx: Ctx,
  filter: queries.NonconformanceFilter,
  page: PageRequest,
): Promise<Page<queries.NonconformanceRow>> => queries.listNonconformances(ctx, filter, page);

/** What waits for this side: a supplier's answers, and for receivers and buyers what was answered. */
export async function waitingForNonconformances(ctx: Ctx): Promise<WaitingItem[]> {
  const isSupplier = ctx.actor.kind === 'supplier';
  if (!isSupplier && !hasRole(ctx.actor, 'receiver')) return [];
  const rows = await queries.findWaitingNonconformances(
    ctx,
    isSupplier ? ['sent', 'contained', 'root_cause', 'returned'] : ['action', 'verification'],
  );
  if (rows.length === 0) return [];
  return [
    {
      key: isSupplier ? 'waiting.deliveries.nonconformances-of-us' : 'waiting.deliveries.nonconformances',
      count: rows[0]?.total ?? rows.length,
      href: '/nonconformances',
      urgent: rows.some((row) => row.dueAt !== null && row.dueAt <= ctx.now),
      items: rows.map((row) => ({
        label: `${row.reference} · ${row.description}`,
        href: `/nonconformances/${row.id}`,
        dueAt: row.dueAt,
      })),
    },
  ];
}

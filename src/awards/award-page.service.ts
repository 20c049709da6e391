import { approvalIdsOf, findApproval } from '../approvals/index.ts';
import { timelineOf } from '../audit/index.ts';
import { findAbsences, findAbsencesInRole, findPersonsBehind, findUser, may } from '../identity/index.ts';
import {
  compareDecimals,
  type DecimalString,
  lineAmount,
  subtractDecimals,
  sumMoney,
} from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type EventItem,
  findEvent,
  findEventItems,
  findPlan,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { openQuantities } from './allocation.ts';
import { type Award, isBinding } from './award.ts';
import { chainOf } from './award-chain.service.ts';
import { type AwardPageLine, findAwardPageLines, findHeld } from './awards.queries.ts';
import { askedOn, findAward } from './awards.service.ts';
import { percentAgainst, priceBaseShown } from './comparison.ts';
import { findLettersOf } from './letter.store.ts';
import { announcedBeforeEnd } from './letters.service.ts';
import { findObjections } from './objection.store.ts';
import { holdsStandstill, toDecideOnObjection } from './objection.ts';
import { outcomeOf } from './outcome.service.ts';
import { findOrdersOf, findWithdrawals } from './withdrawal.store.ts';
import { toDecideOnWithdrawal } from './withdrawal.ts';

/** What the award's page shows: its lines by supplier, what it saves, what stays open, and who may act. */
export type AwardPage = Awaited<ReturnType<typeof getAwardPage>>;

/** @throws AppError `award.not-found`, also for suppliers */
export async function getAwardPage(ctx: Ctx, awardId: string) {
  const award = await findAward(ctx, awardId);
  const event = await findEvent(ctx, award.eventId);
  const asked = await findEventItems(ctx, event.id);
  const lines = await findAwardPageLines(ctx.tx, awardId);
  const standing = lines.filter((line) => !line.isWithdrawn);
  const { userId } = ctx.actor;
  const approval = await findApproval(ctx, chainOf(awardId));
  return {
    award,
    event,
    proposerName: (await findUser(ctx, award.proposedBy))?.name ?? '',
    suppliers: bySupplier(lines, award.currency),
    ...figures(award, lines),
    lineCount: asked.length,
    // Where criteria rank, the first in rank need not be the lowest.
    isWeighted: (await findPlan(ctx, event.id)).criteria.length > 0,
    openLines: openLinesOf(asked, standing, (await findHeld(ctx.tx, event.id, awardId)).quantities),
    notLowestCount: lines.filter((line) => !line.isLowest).length,
    isOwn: userId === award.proposedBy || userId === event.ownerId,
    approval,
    hasAgreed:
      approval?.steps.some((step) => step.state === 'approved' && step.decidedBy === userId) ?? false,
    isDecidable: approval?.mayDecide === true && may(ctx, 'award.approve', await askedOn(ctx, award, event)),
    isRevisable: (award.state === 'returned' || award.state === 'proposed') && event.state === 'evaluation',
    absences:
      award.state === 'pending_approval'
        ? await findAbsencesInRole(ctx, 'approver')
        : await findAbsences(ctx, [event.ownerId, award.proposedBy]),
    ...(await aftermathOf(ctx, award, event)),
    ...(await outcomeOf(ctx, award)),
    timeline: await timelineOf(ctx, award.id, ...(await approvalIdsOf(ctx, award.id))),
  };
}

/** What became of the award since: its letters, what is objected to it, what was withdrawn of it. */
async function aftermathOf(ctx: Ctx, award: Award, event: SourcingEvent) {
  const behind = await findPersonsBehind(ctx, [award.id, event.id]);
  const [letters, objections, withdrawals, orders] = await Promise.all([
    findLettersOf(ctx.tx, award.id),
    findObjections(ctx.tx, award.id),
    findWithdrawals(ctx.tx, award.id),
    findOrdersOf(ctx.tx, award.id),
  ]);
  const requested = withdrawals.find((one) => one.state === 'requested') ?? null;
  return {
    letters,
    objections: objections.map((one) => ({
      ...one,
      isDecidable: may(ctx, 'award_objection.reject', toDecideOnObjection(one, { award, event, behind })),
    })),
    withdrawals,
    requested,
    isWithdrawalDecidable:
      requested !== null &&
      may(ctx, 'award_withdrawal.confirm', toDecideOnWithdrawal(requested, event, behind)),
    orders,
    sentTo: new Set(orders.filter((one) => one.isSent && !one.isCancelled).map((one) => one.supplierId)),
    announcedUntil: await announcedBeforeEnd(ctx, { award, event }),
    isHeld: award.state === 'standstill' && objections.some(holdsStandstill),
    isWithdrawable: isBinding(award) && requested === null,
  };
}

type ShownLine = AwardPageLine & { readonly isPart: boolean; readonly priceBase: DecimalString | null };
type SupplierLines = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly amount: DecimalString;
  readonly lines: readonly ShownLine[];
};

function bySupplier(lines: readonly AwardPageLine[], currency: string): SupplierLines[] {
  return [...new Set(lines.map((line) => line.supplierId))].map((supplierId) => {
    const own = lines.filter((line) => line.supplierId === supplierId);
    return {
      supplierId,
      supplierName: own[0]?.supplierName ?? '',
      amount: sumMoney(
        own.map((line) => line.amount),
        currency,
      ),
      lines: own.map((line) => ({
        ...line,
        isPart: compareDecimals(line.quantity, line.askedQuantity) < 0,
        priceBase: priceBaseShown(line.priceBaseQuantity),
      })),
    };
  });
}

function figures(award: Award, lines: readonly AwardPageLine[]) {
  const { currency } = award;
  const estimated = lines.flatMap((line) =>
    line.estimatedPrice === null
      ? []
      : [
          {
            line,
            estimate: lineAmount({ quantity: line.quantity, unitPrice: line.estimatedPrice, currency }),
          },
        ],
  );
  const estimate = sumMoney(
    estimated.map((one) => one.estimate),
    currency,
  );
  const amount = sumMoney(
    estimated.map((one) => one.line.amount),
    currency,
  );
  return {
    savings: subtractDecimals(estimate, amount),
    againstEstimate: percentAgainst(amount, estimate),
    aboveLowest: subtractDecimals(award.totalAmount, award.lowestAmount),
    totals: {
      supplierCount: new Set(lines.map((line) => line.supplierId)).size,
      awardedLineCount: new Set(lines.map((line) => line.eventItemId)).size,
      estimatedLineCount: new Set(estimated.map((one) => one.line.eventItemId)).size,
    },
  };
}

type OpenLine = EventItem & { readonly openQuantity: DecimalString };

function openLinesOf(
  asked: readonly EventItem[],
  lines: readonly AwardPageLine[],
  heldByOthers: ReadonlyMap<string, DecimalString>,
): OpenLine[] {
  const held = [...heldByOthers].map(([eventItemId, quantity]) => ({ eventItemId, quantity }));
  const open = openQuantities(asked, [...lines, ...held]);
  return asked.flatMap((line) => {
    const openQuantity = open.get(line.id);
    return openQuantity === undefined ? [] : [{ ...line, openQuantity }];
  });
}

import { draftAgreement, giveUpForAward } from '../agreements/index.ts';
import { found } from '../kernel/errors.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { trimDecimal } from '../kernel/money.ts';
import { addDays, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type AwardedLine, findAwardCategory, findWithdrawnOf, isAgreedOn } from './orders.queries.ts';

const USUAL_DAYS = 365;
const USUAL_NOTICE_DAYS = 30;
const LONGEST_DESCRIPTION = 500;

/**
 * Drafts the agreement of one winner of an award: its prices as the price lines, the awarded quantities as their limits, for
 * a year from today. The buyer of the event completes it, and it is approved and signed as any other. Called again it does
 * nothing.
 */
export async function draftAgreementOf(
  ctx: Ctx,
  of: { awardId: string; lines: readonly AwardedLine[] },
): Promise<void> {
  const { awardId, lines } = of;
  const first = found('award_line', lines[0]);
  if (await isAgreedOn(ctx, { awardId, supplierId: first.supplierId })) return;
  const validFrom = dayIn(ctx.now, ctx.policies.company.timeZone);
  await draftAgreement(ctx, {
    supplierId: first.supplierId,
    award: { id: awardId, ownerId: first.buyerId },
    terms: {
      kind: 'contract',
      title: first.title,
      categoryCode: found('category', await findAwardCategory(ctx, awardId)),
      plantCodes: [first.plantCode],
      currency: first.currency,
      incoterm: found(
        'incoterm',
        incoterms.find((code) => code === first.incoterm),
      ),
      incotermPlace: first.incotermPlace,
      paymentTermsDays: first.paymentTermsDays,
      validFrom,
      validUntil: addDays(validFrom, USUAL_DAYS - 1),
      noticeDays: USUAL_NOTICE_DAYS,
      valueLimit: null,
      clauses: '',
      lines: lines.map((line) => ({
        lineNo: null,
        itemCode: line.itemCode,
        description: line.description.slice(0, LONGEST_DESCRIPTION),
        unit: line.unit,
        priceBaseQuantity: trimDecimal(line.priceBaseQuantity),
        tiers: [{ fromQuantity: '0', unitPrice: trimDecimal(line.unitPrice) }],
        quantityLimit: trimDecimal(line.quantity),
        validFrom: null,
        validUntil: null,
      })),
    },
  });
}

/** Ends the agreements that nobody has signed with suppliers whose part of an award was withdrawn. Idempotent. */
export async function giveUpAgreements(ctx: Ctx, awardId: string): Promise<void> {
  for (const { supplierId, reason } of await findWithdrawnOf(ctx, awardId))
    await giveUpForAward(ctx, { awardId, supplierId, reason });
}

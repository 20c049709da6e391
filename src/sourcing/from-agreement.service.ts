import { getRetender } from '../agreements/index.ts';
import { record } from '../audit/index.ts';
import { findPlant } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { isPositive, ratio, roundDecimal, trimDecimal } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { createEvent } from './sourcing.service.ts';

const PRICE_DECIMALS = 6;

/**
 * Makes a draft that asks for bids again on what an agreement is about: as much of each line as was ordered of it, or else as
 * was agreed, at today's prices as the estimates. Gives the event's id.
 * @throws AppError what `getRetender` and `createEvent` throw
 */
export async function createEventFromAgreement(ctx: Ctx, agreementId: string): Promise<string> {
  const { agreement, lines } = await getRetender(ctx, agreementId);
  const plant = found('plant', await findPlant(ctx, agreement.plantCodes[0] ?? ''));
  const eventId = await createEvent(ctx, {
    title: agreement.title,
    description: '',
    categoryCode: agreement.categoryCode,
    plantCode: plant.code,
    incoterm: incoterms.find((code) => code === agreement.incoterm) ?? 'DAP',
    incotermPlace: agreement.incotermPlace,
    currency: agreement.currency,
    paymentTermsDays: agreement.paymentTermsDays,
    closesAt: null,
    timeZone: plant.timeZone,
    items: lines.map((line) => ({
      itemCode: line.itemCode,
      description: line.description,
      quantity: isPositive(line.calledQuantity) ? line.calledQuantity : (line.quantityLimit ?? '1'),
      unit: line.unit,
      originalUnit: null,
      needByOn: null,
      estimatedPrice: trimDecimal(
        roundDecimal(ratio(line.tiers[0]?.unitPrice ?? '0', line.priceBaseQuantity), PRICE_DECIMALS),
      ),
    })),
  });
  await record(ctx, {
    action: 'sourcing_event.made-from-agreement',
    subject: { type: 'sourcing_event', id: eventId },
    changes: { agreementId: agreement.id, agreement: agreement.reference, lineCount: lines.length },
  });
  return eventId;
}

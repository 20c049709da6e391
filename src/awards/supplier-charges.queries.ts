import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';

type Awarded = {
  readonly bidId: string;
  readonly eventItemId: string;
  readonly quantity: DecimalString;
  readonly eventCurrency: string;
};

/** The lines of a supplier's bids that have a cost, as far as they are awarded. */
export const findAwardedQuantities = (
  ctx: Ctx,
  of: { awardId: string; supplierId: string },
): Promise<Awarded[]> =>
  named<Awarded>(ctx.tx, {
    name: 'award.quantities-with-costs',
    text: `
      SELECT bid_line.bid_id AS "bidId", award_line.event_item_id AS "eventItemId",
             trim_scale(award_line.quantity)::text AS quantity, event.currency AS "eventCurrency"
        FROM award_line
        JOIN bid_line ON bid_line.id = award_line.bid_line_id
        JOIN award ON award.id = award_line.award_id
        JOIN sourcing_event AS event ON event.id = award.event_id
       WHERE award_line.award_id = $1
         AND award_line.supplier_id = $2
         AND award_line.withdrawal_id IS NULL
         AND EXISTS (SELECT FROM cost_adjustment AS cost
                      WHERE cost.bid_id = bid_line.bid_id AND cost.removed_at IS NULL)`,
    values: [of.awardId, of.supplierId],
  });

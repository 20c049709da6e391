import { newId } from '../kernel/id.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { Booking, SavingsEntry } from './savings.ts';

/** Books the entries of an award in one statement. */
export async function insertSavings(
  tx: Tx,
  booking: Booking,
  entries: readonly SavingsEntry[],
): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO savings_entry (id, award_id, event_id, category_code, plant_code, buyer_id, booked_on, currency,
                                event_item_id, supplier_id, quantity, amount, estimate_amount, target_amount,
                                last_price_amount, budget_amount)
     SELECT entry.id, :awardId, :eventId, :categoryCode, :plantCode, :buyerId, :bookedOn, :currency,
            entry."eventItemId", entry."supplierId", entry.quantity, entry.amount, entry."estimateAmount",
            entry."targetAmount", entry."lastPriceAmount", entry."budgetAmount"
       FROM jsonb_to_recordset(CAST(:entries AS jsonb))
         AS entry (id uuid, "eventItemId" uuid, "supplierId" uuid, quantity numeric, amount numeric,
                   "estimateAmount" numeric, "targetAmount" numeric, "lastPriceAmount" numeric, "budgetAmount" numeric)`,
    { ...booking, entries: JSON.stringify(entries.map((entry) => ({ ...entry, id: newId() }))) },
  );
}

/** Books back what an award's lines with these suppliers saved, on this day; what was booked back stays so. */
export async function reverseSavings(
  tx: Tx,
  of: { awardId: string; supplierIds: readonly string[]; bookedOn: Day },
): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO savings_entry (id, award_id, event_id, category_code, plant_code, buyer_id, booked_on, currency,
                                event_item_id, supplier_id, quantity, amount, estimate_amount, target_amount,
                                last_price_amount, budget_amount, reverses_id)
     SELECT gen_random_uuid(), entry.award_id, entry.event_id, entry.category_code, entry.plant_code, entry.buyer_id,
            :bookedOn, entry.currency, entry.event_item_id, entry.supplier_id, -entry.quantity, -entry.amount,
            -entry.estimate_amount, -entry.target_amount, -entry.last_price_amount, -entry.budget_amount,
            entry.id
       FROM savings_entry AS entry
      WHERE entry.award_id = :awardId
        AND entry.supplier_id = ANY (CAST(:supplierIds AS uuid[]))
        AND entry.reverses_id IS NULL
        AND NOT EXISTS (SELECT FROM savings_entry AS back WHERE back.reverses_id = entry.id)`,
    { awardId: of.awardId, supplierIds: [...of.supplierIds], bookedOn: of.bookedOn },
  );
}

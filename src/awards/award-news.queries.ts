import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { firstOf } from '../platform/db/statements.ts';

/** What a message about an award names, and whom it may concern. */
export type AwardNews = {
  readonly awardId: string;
  readonly reference: string;
  readonly eventId: string;
  readonly eventReference: string;
  readonly title: string;
  readonly ownerId: string;
  readonly proposedBy: string;
  /** Who has a letter of it. */
  readonly supplierIds: readonly string[];
};

/** @throws AppError `award.not-found` */
export const getAwardNews = async (ctx: Ctx, awardId: string): Promise<AwardNews> =>
  found(
    'award',
    await firstOf<AwardNews>(
      ctx.tx,
      `SELECT award.id AS "awardId", award.reference, event.id AS "eventId", event.reference AS "eventReference",
              event.title, event.owner_id AS "ownerId", award.proposed_by AS "proposedBy",
              ARRAY (SELECT letter.supplier_id FROM award_letter AS letter
                      WHERE letter.award_id = award.id ORDER BY letter.supplier_id) AS "supplierIds"
         FROM award
         JOIN sourcing_event AS event ON event.id = award.event_id
        WHERE award.id = ?`,
      [awardId],
    ),
  );

import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';

/** The standard terms of orders, as they hold from their day on. */
export type OrderTerms = {
  readonly version: number;
  readonly textEn: string;
  readonly textZh: string;
  readonly writtenAt: Date | null;
  readonly writtenByName: string | null;
};
const NONE: OrderTerms = { version: 0, textEn: '', textZh: '', writtenAt: null, writtenByName: null };

/** The terms that hold now; version 0 where none were written. */
export const findOrderTerms = async (ctx: Ctx): Promise<OrderTerms> =>
  (
    await named<OrderTerms>(ctx.tx, {
      name: 'order_terms.newest',
      text: `
        SELECT terms.version, terms.text_en AS "textEn", terms.text_zh AS "textZh",
               terms.written_at AS "writtenAt", person.name AS "writtenByName"
          FROM order_terms AS terms
          JOIN user_account AS person ON person.id = terms.written_by
         ORDER BY terms.version DESC
         LIMIT 1`,
      values: [],
    })
  )[0] ?? NONE;

/**
 * Writes a version of the terms; orders that are in force keep theirs. Both empty: nothing is printed any more.
 * @throws AppError `order_terms.changed-meanwhile`, `order_terms.one-language`
 */
export async function writeOrderTerms(
  ctx: Ctx,
  of: { version: number; textEn: string; textZh: string },
): Promise<void> {
  if ((of.textEn === '') !== (of.textZh === ''))
    throw ruleBroken('order_terms.one-language', 'Suppliers read one of both languages');
  const id = newId();
  const written = await ctx
    .tx('order_terms')
    .insert({
      id,
      version: of.version + 1,
      text_en: of.textEn,
      text_zh: of.textZh,
      written_by: found('user', ctx.actor.userId),
      written_at: ctx.now,
    })
    .onConflict('version')
    .ignore()
    .returning('id');
  const isNext = (await findOrderTerms(ctx)).version === of.version + 1;
  if (written.length === 0 || !isNext)
    throw conflict('order_terms.changed-meanwhile', 'Somebody else wrote a version meanwhile');
  await record(ctx, {
    action: 'order_terms.written',
    subject: { type: 'order_terms', id },
    changes: { version: of.version + 1 },
  });
}

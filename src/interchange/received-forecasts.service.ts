import { type ToldForecast, receiveForecast as takeForecast, tellForecast } from '../forecasts/index.ts';
import { findUsersByRole } from '../identity/index.ts';
import { conflict, invalid } from '../kernel/errors.ts';
import { weeksBetween } from '../kernel/week.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findSuppliersByReference } from '../suppliers/index.ts';
import type { ForecastBody } from './forecasts.forms.ts';
import * as store from './integration.store.ts';
import { type Admitted, hashOf } from './integration.ts';

type ForecastAnswer = Pick<ToldForecast, 'id' | 'reference' | 'state' | 'version'>;

/**
 * Takes a version of a forecast that a system sends for a planner of ours. The same call again gets the same answer and
 * makes nothing; what is refused makes nothing either and may be sent again, corrected, with the same key.
 * @throws AppError `integration.key-reused`, `form.invalid`, and what `receiveForecast` of the forecasts throws
 */
export async function receiveForecast(
  ctx: Ctx,
  of: { integration: Admitted; key: string; body: ForecastBody },
): Promise<{ answer: ForecastAnswer; isNew: boolean }> {
  const { integration, key, body } = of;
  const requestSha256 = hashOf(canonicalJson(plain(body)));
  const before = await store.lockCall(ctx.tx, { integrationId: integration.id, key });
  if (before !== undefined) {
    if (before.requestSha256 !== requestSha256)
      throw conflict('integration.key-reused', 'This key was used for another call');
    return { answer: before.answer as ForecastAnswer, isNew: false };
  }
  assertWithin(body);
  const { plannerEmail, supplier: reference, lines, ...terms } = body;
  const ownerId = await findPlanner(ctx, plannerEmail);
  const [supplier] = await findSuppliersByReference(ctx, [reference]);
  if (supplier === undefined) throw wrongAt('supplier', 'integration.no-such-supplier');
  const forecastId = await takeForecast(ctx, {
    ...terms,
    ownerId,
    supplierId: supplier.id,
    lines: lines.map(({ quantities, ...line }) => ({ ...line, byWeek: quantities })),
  });
  const { id, reference: made, state, version } = await tellForecast(ctx, forecastId);
  const answer = { id, reference: made, state, version };
  await store.insertCall(ctx.tx, { integrationId: integration.id, key, requestSha256, answer, at: ctx.now });
  await store.saveUse(ctx.tx, { id: integration.id, at: ctx.now });
  return { answer, isNew: true };
}

/** As it can be written down: weeks by their days. */
const plain = ({ lines, ...body }: ForecastBody) => ({
  ...body,
  lines: lines.map((line) => ({ ...line, quantities: Object.fromEntries(line.quantities) })),
});

const wrongAt = (path: string, code: string) =>
  invalid('form.invalid', 'The form has errors', [{ path, code, message: code }]);

/** A quantity outside of the weeks that are sent would be lost without a word. @throws AppError `form.invalid` */
function assertWithin({ fromWeek, weeks, lines }: ForecastBody): void {
  for (const [index, { quantities }] of lines.entries())
    for (const week of quantities.keys()) {
      const place = weeksBetween(fromWeek, week);
      if (place < 0 || place >= weeks) throw wrongAt(`lines.${index}.quantities`, 'integration.week-outside');
    }
}

/** Somebody of ours who may publish forecasts. @throws AppError `form.invalid` at `plannerEmail` */
async function findPlanner(ctx: Ctx, email: string): Promise<string> {
  const buyers = await findUsersByRole(ctx, 'buyer');
  const person = buyers.find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (person === undefined) throw wrongAt('plannerEmail', 'integration.no-such-planner');
  return person.id;
}

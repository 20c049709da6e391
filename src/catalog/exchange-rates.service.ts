import { recordAll } from '../audit/index.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { sheetError } from '../platform/sheet/table.ts';
import * as store from './exchange-rate.store.ts';
import { assertRate, type ExchangeRate, type FoundRate, faultOf, rateBetween } from './exchange-rate.ts';
import { readRates } from './exchange-rates.sheet.ts';

/** Enters one rate. @throws what {@link assertRate} throws */
export async function enterExchangeRate(
  ctx: Ctx,
  rate: ExchangeRate,
  how: { isUnusualMeant: boolean },
): Promise<void> {
  const [last = null] = await lastRates(ctx, [rate]);
  assertRate(rate, { last, ...how });
  await save(ctx, [rate]);
}

/**
 * Enters all rates of a spreadsheet, or none: what is wrong comes back cell by cell. Gives how many were entered.
 */
export async function importExchangeRates(
  ctx: Ctx,
  sheet: Sheet,
  how: { isUnusualMeant: boolean },
): Promise<{ count: number; errors: readonly SheetError[] }> {
  const { rows, errors } = readRates(sheet);
  if (errors.length > 0) return { count: 0, errors };
  const lasts = await lastRates(
    ctx,
    rows.map((row) => row.rate),
  );
  const wrong = rows.flatMap(({ row, rate }, index) => {
    const fault = faultOf(rate, { last: lasts[index] ?? null, ...how });
    return fault === null ? [] : [sheetError(sheet, { row, column: '' }, fault.code, fault.params)];
  });
  if (wrong.length > 0) return { count: 0, errors: wrong };
  await save(
    ctx,
    rows.map((row) => row.rate),
  );
  return { count: rows.length, errors: [] };
}

/** The rate that held for each pair before: to tell a slip from a rate. In one query for all of a day. */
async function lastRates(ctx: Ctx, rates: readonly ExchangeRate[]): Promise<(FoundRate | null)[]> {
  const currencies = [...new Set(rates.flatMap((rate) => [rate.fromCurrency, rate.toCurrency]))];
  // The newest day asked for: a slip is far from any rate of these days.
  const day = rates.reduce<Day>(
    (newest, rate) => (rate.validOn > newest ? rate.validOn : newest),
    '0001-01-01',
  );
  const known = await store.findRatesOn(ctx.tx, { day, knownAt: ctx.now, currencies });
  return rates.map((rate) =>
    rateBetween(known, { from: rate.fromCurrency, to: rate.toCurrency, by: rate.fromCurrency }),
  );
}

async function save(ctx: Ctx, rates: readonly ExchangeRate[]): Promise<void> {
  const ids = await store.insertRates(ctx.tx, rates, { enteredBy: ctx.actor.userId, at: ctx.now });
  await recordAll(
    ctx,
    rates.map((rate, index) => ({
      action: 'exchange_rate.entered',
      subject: { type: 'exchange_rate', id: ids[index] ?? '' },
      changes: { ...rate },
    })),
  );
}

/** One page of the rates as they were entered, the newest day first. */
export const listExchangeRates = (
  ctx: Ctx,
  filter: { currency: string | null },
  page: PageRequest,
): Promise<Page<store.ExchangeRateRow>> => store.findRatePage(ctx.tx, filter, page);

/**
 * The rates from each of some currencies into one, on a day, as they were known at an instant: asked again later it
 * says the same. By currency; one that no rate leads from is not in it.
 */
export async function findExchangeRates(
  ctx: Ctx,
  of: { from: readonly string[]; to: string; day: Day; knownAt: Date },
): Promise<Map<string, FoundRate>> {
  const by = ctx.policies.company.currency;
  const currencies = [...new Set([...of.from, of.to, by])];
  const rates = await store.findRatesOn(ctx.tx, { day: of.day, knownAt: of.knownAt, currencies });
  const found = of.from.flatMap((from): [string, FoundRate][] => {
    const rate = rateBetween(rates, { from, to: of.to, by });
    return rate === null ? [] : [[from, rate]];
  });
  return new Map(found);
}

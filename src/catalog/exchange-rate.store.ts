import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key } from '../platform/db/keyset.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { ExchangeRate } from './exchange-rate.ts';

/** A rate as it was entered. */
export type ExchangeRateRow = ExchangeRate & {
  readonly id: string;
  readonly enteredAt: Date;
  /** Null where the portal was set up with it. */
  readonly enteredByName: string | null;
  /** A later row for the same pair and day counts instead. */
  readonly isCorrected: boolean;
};

/** Many in one statement; gives their ids in the same order. */
export async function insertRates(
  tx: Tx,
  rates: readonly ExchangeRate[],
  by: { enteredBy: string | null; at: Date },
): Promise<string[]> {
  const written = rates.map((rate) => ({ ...rate, id: newId() }));
  await rowsOf(
    tx,
    `INSERT INTO exchange_rate (id, from_currency, to_currency, rate, valid_on, source, entered_by, entered_at)
     SELECT fresh.id, fresh."fromCurrency", fresh."toCurrency", fresh.rate, fresh."validOn", fresh.source, ?, ?
       FROM jsonb_to_recordset(?::jsonb)
         AS fresh (id uuid, "fromCurrency" text, "toCurrency" text, rate numeric, "validOn" date, source text)`,
    [by.enteredBy, by.at, JSON.stringify(written)],
  );
  return written.map(({ id }) => id);
}

/** For each pair the rate that counts on a day, as it was known at an instant. */
export const findRatesOn = (
  tx: Tx,
  of: { day: Day; knownAt: Date; currencies: readonly string[] },
): Promise<(ExchangeRate & { rate: DecimalString })[]> =>
  rowsOf(
    tx,
    `SELECT DISTINCT ON (rate.from_currency, rate.to_currency)
            rate.from_currency AS "fromCurrency", rate.to_currency AS "toCurrency",
            trim_scale(rate.rate)::text AS rate, rate.valid_on AS "validOn", rate.source
       FROM exchange_rate AS rate
      WHERE rate.from_currency = ANY (CAST(:currencies AS text[]))
        AND rate.to_currency = ANY (CAST(:currencies AS text[]))
        AND rate.valid_on <= CAST(:day AS date)
        AND rate.entered_at <= :knownAt
      ORDER BY rate.from_currency, rate.to_currency, rate.valid_on DESC, rate.entered_at DESC, rate.id DESC`,
    { ...of, currencies: [...of.currencies] },
  );

const DAY: Key<ExchangeRateRow> = {
  sql: 'rate.valid_on',
  type: 'date',
  of: (row) => row.validOn,
  accepts: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
};

/** One page of the rates, the newest day first; with `currency` those it is one side of. */
export const findRatePage = (
  tx: Tx,
  filter: { currency: string | null },
  page: PageRequest,
): Promise<Page<ExchangeRateRow>> =>
  findListPage<ExchangeRateRow>(tx, {
    name: 'exchange_rate.list',
    select: `
      SELECT rate.id, rate.from_currency AS "fromCurrency", rate.to_currency AS "toCurrency",
             trim_scale(rate.rate)::text AS rate, rate.valid_on AS "validOn", rate.source,
             rate.entered_at AS "enteredAt", person.name AS "enteredByName",
             EXISTS (SELECT FROM exchange_rate AS later
                      WHERE later.from_currency = rate.from_currency
                        AND later.to_currency = rate.to_currency
                        AND later.valid_on = rate.valid_on
                        AND (later.entered_at, later.id) > (rate.entered_at, rate.id)) AS "isCorrected"
        FROM exchange_rate AS rate
        LEFT JOIN user_account AS person ON person.id = rate.entered_by`,
    conditions: [
      {
        name: 'currency',
        value: filter.currency,
        sql: (at) => `(rate.from_currency = ${at} OR rate.to_currency = ${at})`,
      },
    ],
    sort: { name: 'newest', keys: [DAY, idKey<ExchangeRateRow>('rate.id')], direction: 'DESC' },
    page,
  });

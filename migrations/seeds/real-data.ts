import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { type ReadUnit, readUnit } from '../../src/catalog/index.ts';
import { type Incoterm, incoterms } from '../../src/kernel/incoterm.ts';
import type { DecimalString } from '../../src/kernel/money.ts';
import { type Day, isDay } from '../../src/kernel/time.ts';

/** One line of a competition with what each bidder asked for a unit of it. */
export type CompetitionLine = ReadUnit & {
  readonly itemCode: string;
  readonly description: string;
  readonly quantity: DecimalString;
  /** By bidder. */
  readonly unitPrices: ReadonlyMap<string, DecimalString>;
};

/** One sealed-bid competition as its owner published it. */
export type Competition = {
  /** The owner's contract number. */
  readonly contract: string;
  readonly title: string;
  readonly region: string;
  readonly bidOn: Day;
  /** The lowest total first. */
  readonly bidders: readonly string[];
  readonly lines: readonly CompetitionLine[];
};

/** One line of a past order, with the delivery it came in. */
export type PastOrderLine = {
  readonly description: string;
  readonly packs: DecimalString;
  readonly packPrice: DecimalString;
  readonly dueOn: Day;
  readonly deliveredOn: Day;
  readonly deliveryNumber: string;
};

/** One past order, all of whose dates are known. */
export type PastOrder = {
  readonly number: string;
  readonly supplier: string;
  /** Where the supplier made it. */
  readonly madeAt: string;
  readonly incoterm: Incoterm;
  readonly kind: string;
  readonly orderedOn: Day;
  readonly lines: readonly PastOrderLine[];
};

const day = z.string().refine(isDay);
const decimal = z.string().regex(/^\d+(\.\d+)?$/);

const bidRow = z.object({
  event: z.string(),
  title: z.string(),
  region: z.string(),
  bid_date: day,
  rank: z.coerce.number().int().positive(),
  bidder: z.string(),
  line: z.coerce.number().int().positive(),
  item_code: z.string(),
  description: z.string(),
  quantity: decimal,
  unit: z.string(),
  unit_price: decimal,
});
type BidRow = z.infer<typeof bidRow>;

/** The competitions of the letting, by contract number. `folder` is the one with the packed files. */
export function readCompetitions(folder: string): ReadonlyMap<string, Competition> {
  const rows = z.array(bidRow).parse(readRows(folder, 'bid-tabulations', () => true));
  const byContract = grouped(rows, (row) => row.event);
  return new Map([...byContract].map(([contract, bids]) => [contract, competitionOf(contract, bids)]));
}

function competitionOf(contract: string, rows: readonly BidRow[]): Competition {
  const [first] = rows as [BidRow, ...BidRow[]];
  const inOrder = rows.toSorted((a, b) => a.rank - b.rank || a.line - b.line);
  const byBidder = grouped(inOrder, (row) => row.bidder);
  return {
    contract,
    title: first.title,
    region: first.region,
    bidOn: first.bid_date,
    bidders: [...byBidder.keys()],
    lines: linesOf([...byBidder.values()]),
  };
}

/**
 * The lines as the lowest bidder has them. Each bidder's list is in an order of its own, with line numbers of its
 * own: what is the same is code, description, quantity and unit, and of several such lines the first is the first.
 */
function linesOf(bids: readonly (readonly BidRow[])[]): CompetitionLine[] {
  const rowsOf = new Map<string, BidRow[]>();
  for (const bid of bids) {
    const seen = new Map<string, number>();
    for (const row of bid) {
      const what = [row.item_code, row.description, row.quantity, row.unit].join('|');
      const occurrence = (seen.get(what) ?? 0) + 1;
      seen.set(what, occurrence);
      rowsOf.set(`${what}|${occurrence}`, [...(rowsOf.get(`${what}|${occurrence}`) ?? []), row]);
    }
  }
  const lines = [...rowsOf.values()];
  const odd = lines.find((line) => line.length !== bids.length);
  if (odd !== undefined) throw new Error(`Not every bidder of ${odd[0]?.event} has ${odd[0]?.item_code}`);
  return lines.map(lineOf);
}

function lineOf(rows: readonly BidRow[]): CompetitionLine {
  const [first] = rows as [BidRow, ...BidRow[]];
  const unit = readUnit(first.unit);
  if (unit === null) throw new Error(`No code is known for the unit ${first.unit}`);
  return {
    ...unit,
    itemCode: first.item_code,
    description: first.description,
    quantity: first.quantity,
    unitPrices: new Map(rows.map((row) => [row.bidder, row.unit_price])),
  };
}

const orderRow = z.object({
  po: z.string(),
  asn: z.string(),
  incoterm: z.enum(incoterms),
  ordered_on: day,
  due_on: day,
  delivered_on: day,
  subcategory: z.string(),
  supplier: z.string(),
  description: z.string(),
  quantity_packs: decimal,
  pack_price_usd: decimal,
  manufacturing_site: z.string(),
});
type OrderRow = z.infer<typeof orderRow>;

/** The past orders of these numbers; each must have all its dates, which not every order in the file has. */
export function readPastOrders(folder: string, numbers: readonly string[]): ReadonlyMap<string, PastOrder> {
  const wanted = new Set(numbers);
  const records = readRows(folder, 'orders-deliveries', (number) => wanted.has(number));
  const byNumber = grouped(z.array(orderRow).parse(records), (row) => row.po);
  return new Map([...byNumber].map(([number, rows]) => [number, pastOrderOf(number, rows)]));
}

function pastOrderOf(number: string, rows: readonly OrderRow[]): PastOrder {
  const [first] = rows as [OrderRow, ...OrderRow[]];
  return {
    number,
    supplier: first.supplier,
    madeAt: first.manufacturing_site,
    incoterm: first.incoterm,
    kind: first.subcategory,
    orderedOn: first.ordered_on,
    lines: rows.map((row) => ({
      description: row.description,
      packs: row.quantity_packs,
      packPrice: row.pack_price_usd,
      dueOn: row.due_on,
      deliveredOn: row.delivered_on,
      deliveryNumber: row.asn,
    })),
  };
}

/** The rows that are wanted, as records: making a record of every row would take longer than reading them. */
function readRows(
  folder: string,
  name: string,
  isWanted: (firstField: string) => boolean,
): Record<string, string>[] {
  const text = gunzipSync(readFileSync(path.join(folder, `${name}.csv.gz`)));
  const [header = [], ...rows] = parse(text);
  return rows
    .filter(([first = '']) => isWanted(first))
    .map((row) => Object.fromEntries(header.map((column, index) => [column, row[index] ?? ''])));
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

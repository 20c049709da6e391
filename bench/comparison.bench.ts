import pg from 'pg';
import { fillComparison, fillTwice, LINES, SUPPLIERS } from './comparison.data.ts';
import { compare, median, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Server, type Stage } from './stage.ts';

const TIMES = 6;
const WANTED_MS = 300;
const WANTED_MB = 150;

/** The statement a spreadsheet's author would write: lowest and highest a line, and the sum of each bid. */
const PLAIN = `
  WITH priced AS (
    SELECT bid_line.*, bid.currency
      FROM bid JOIN bid_line ON bid_line.bid_id = bid.id
     WHERE bid.event_id = $1
  )
  SELECT (SELECT jsonb_agg(line) FROM (SELECT event_item_id, min(unit_price / price_base_quantity), max(unit_price / price_base_quantity)
                                         FROM priced GROUP BY event_item_id) AS line),
         (SELECT jsonb_agg(bid) FROM (SELECT bid_id, sum(amount), count(*) FROM priced GROUP BY bid_id) AS bid)`;

/** 40 bids of 1,000 lines side by side at landed cost: the page to its first byte, and the whole of it as a file. */
export const comparison: Bench = async (cluster, report) => {
  const stage = await cluster.stage('comparison', fillComparison);
  const { id } = await stage.db('sourcing_event').first('id');
  const portal = await stage.startPortal();
  const { cookie } = await stage.signIn(await actorNamed(stage, 'Buyer en'));
  const idleMb = (await portal.usage()).rssMb;
  const pages = {
    'first page': `/events/${id}/comparison`,
    'last page, largest difference first': `/events/${id}/comparison?page=10&bidders=5&sort=spread`,
  };
  const client = new pg.Client({ connectionString: stage.url });
  await client.connect();
  for (const [name, path] of Object.entries(pages)) {
    const firsts: number[] = [];
    const compared = await compare(
      { name: 'page', run: () => visit(portal, { path, cookie, firsts }) },
      { name: 'plain', run: () => plain(client, id) },
    );
    const worst = firsts.toSorted((a, b) => a - b)[Math.floor(firsts.length * 0.95)] ?? 0;
    report({
      title: `Comparison of ${SUPPLIERS} bids by ${LINES} lines, ${name}`,
      data: `${SUPPLIERS * LINES} prices, each with exchange rate or freight, insurance and duty; 1 client`,
      oursIs: 'the page of 100 lines and 8 bidders',
      baselineIs: 'plain pg: lowest, highest and sums by one statement, no page',
      compared,
      notes: [
        `first byte after ${median(firsts).toFixed(0)} ms, 19 of 20 within ${worst.toFixed(0)} ms (wanted: ${WANTED_MS})`,
        await memoryNote(portal, idleMb),
      ],
    });
  }
  await client.end();
  await portal.stop();
  const twice = await cluster.stage('comparison twice', fillTwice);
  for (const format of ['csv', 'xlsx'] as const) await file({ stage, twice }, { format, report });
};

const FILES = 12;

/** Files in a portal that has done nothing else, so that its memory is its own, and the same of twice the lines. */
async function file(
  { stage, twice }: { stage: Stage; twice: Stage },
  of: { format: 'csv' | 'xlsx'; report: Parameters<Bench>[1] },
): Promise<void> {
  const portal = await exporting(stage, of.format);
  const client = new pg.Client({ connectionString: stage.url });
  await client.connect();
  const compared = await compare(
    { name: of.format, run: portal.writeOne },
    { name: 'plain', run: () => allPrices(client, portal.id) },
    3,
  );
  await client.end();
  while (portal.grownMb.length < FILES) await portal.writeOne();
  await portal.stop();
  const larger = await exporting(twice, of.format);
  while (larger.grownMb.length < FILES) await larger.writeOne();
  await larger.stop();
  of.report({
    title: `Comparison of ${SUPPLIERS} bids by ${LINES} lines as ${of.format.toUpperCase()}`,
    data: `${SUPPLIERS * LINES} prices, five columns a bidder; a portal of its own`,
    oursIs: 'the file',
    baselineIs: 'plain pg: all bid lines, strings joined',
    compared,
    notes: [
      `memory above idle after ${FILES} files: ${mostOf(portal.grownMb)} MB (wanted: ${WANTED_MB} or less), after the first ${portal.grownMb[0]?.toFixed(0)}`,
      `with twice the lines: ${mostOf(larger.grownMb)} MB, after the first ${larger.grownMb[0]?.toFixed(0)}`,
    ],
  });
}

const mostOf = (values: readonly number[]): string => Math.max(...values).toFixed(0);

/** A portal of its own, and how far its memory stands above idle after each file. */
async function exporting(stage: Stage, format: string) {
  const { id } = await stage.db('sourcing_event').first('id');
  const portal = await stage.startPortal();
  const { cookie } = await stage.signIn(await actorNamed(stage, 'Buyer en'));
  const path = `/events/${id}/comparison/export?format=${format}`;
  const idleMb = (await portal.usage()).rssMb;
  const grownMb: number[] = [];
  return {
    id: id as string,
    grownMb,
    async writeOne(): Promise<Run> {
      const run = await visit(portal, { path, cookie, firsts: [], times: 1 });
      grownMb.push((await portal.usage()).rssMb - idleMb);
      return run;
    },
    stop: portal.stop,
  };
}

async function visit(
  portal: Server,
  of: { path: string; cookie: string; firsts: number[]; times?: number },
): Promise<Run> {
  const { times = TIMES } = of;
  const before = (await portal.usage()).cpuMs;
  const from = performance.now();
  for (let time = 0; time < times; time += 1) {
    const asked = performance.now();
    const answer = await fetch(portal.answer.origin + of.path, { headers: { cookie: of.cookie } });
    if (answer.status !== 200) throw new Error(`${of.path}: ${answer.status}`);
    const reader = answer.body?.getReader();
    await reader?.read();
    of.firsts.push(performance.now() - asked);
    while (reader !== undefined && !(await reader.read()).done);
  }
  const seconds = (performance.now() - from) / 1000;
  return { perSecond: times / seconds, cpuMs: ((await portal.usage()).cpuMs - before) / times };
}

async function plain(client: pg.Client, id: string): Promise<Run> {
  const from = performance.now();
  for (let time = 0; time < TIMES; time += 1) await client.query(PLAIN, [id]);
  return { perSecond: TIMES / ((performance.now() - from) / 1000) };
}

async function allPrices(client: pg.Client, id: string): Promise<Run> {
  const from = performance.now();
  const { rows } = await client.query({
    text: `SELECT item.line_no, bid.reference, bid_line.unit_price, bid_line.amount, bid_line.lead_time_days
             FROM bid JOIN bid_line ON bid_line.bid_id = bid.id JOIN event_item AS item ON item.id = bid_line.event_item_id
            WHERE bid.event_id = $1 ORDER BY item.line_no`,
    values: [id],
    rowMode: 'array',
  });
  const text = rows.map((row) => row.join(',')).join('\n');
  if (text.length === 0) throw new Error('There are prices');
  return { perSecond: 1000 / (performance.now() - from) };
}

async function memoryNote(server: Server, idleMb: number): Promise<string> {
  const growth = (await server.usage()).rssMb - idleMb;
  return `memory ${growth.toFixed(0)} MB above idle (wanted: ${WANTED_MB} or less)`;
}

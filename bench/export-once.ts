// One export in a process of its own, so that its memory is its own: the report's code, or the plain way.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { policies } from '../config/policies.ts';
import { openHouse } from '../src/house.ts';
import { system } from '../src/kernel/actor.ts';
import { streamLines } from '../src/reports/order-report.queries.ts';
import { writeOrderReport } from '../src/reports/order-report.report.ts';
import { answerParent, settingsOfChild, usageOfThis } from './child.ts';

export type ExportWanted = {
  readonly way: 'csv' | 'xlsx' | 'plain';
  readonly url: string;
  readonly root: string;
  readonly data: string;
  readonly masterKey: string;
  readonly file: string;
};
export type ExportDone = {
  readonly seconds: number;
  readonly cpuMs: number;
  readonly rows: number;
  readonly idleMb: number;
  readonly peakMb: number;
};

const wanted = settingsOfChild<ExportWanted>();
const NO_FILTER = { from: null, to: null, supplierId: null, state: null };
let rowCount = 0;

/** The report as the job writes it, to a file. */
async function makeReport(format: 'csv' | 'xlsx'): Promise<() => Promise<void>> {
  const house = openHouse({
    databaseUrl: wanted.url,
    poolMax: 2,
    applicationName: 'bench-export',
    masterKey: Buffer.from(wanted.masterKey, 'hex'),
    folders: wanted,
  });
  await house.db.raw('SELECT 1');
  return () =>
    house.runInTx({ actor: system('bench') }, async (ctx) => {
      async function* counted() {
        for await (const batch of streamLines(ctx, NO_FILTER)) {
          rowCount += batch.length;
          yield batch;
        }
      }
      const content = await writeOrderReport(format, counted(), {
        t: house.catalogue.translator('en'),
        tOr: (_key, fallback) => fallback,
        locale: 'en',
        company: policies.company,
        reference: 'REP-2026-0001',
        madeAt: ctx.now,
        asked: [],
      });
      if (content instanceof Uint8Array) throw new Error('A stream was expected');
      await pipeline(content, createWriteStream(wanted.file));
    });
}

const PLAIN = `
  SELECT po.reference, po.title, po.issued_on::text, po.state, supplier.reference AS supplier_reference,
         supplier.name, po.plant_code, line.line_no::text, line.item_code, line.description, line.quantity,
         line.unit, line.unit_price, line.price_base_quantity, line.amount, po.currency, moved.due_on::text,
         moved.received, moved.invoiced
    FROM purchase_order AS po
    JOIN supplier ON supplier.id = po.supplier_id
    JOIN po_line AS line ON line.order_id = po.id
   CROSS JOIN LATERAL (
         SELECT sum(schedule.received_quantity) AS received, sum(schedule.invoiced_quantity) AS invoiced,
                min(schedule.due_on) AS due_on
           FROM po_schedule AS schedule WHERE schedule.po_line_id = line.id) AS moved
   ORDER BY po.issued_on, po.id, line.line_no`;

/** The baseline: pg, the same statement by a cursor, strings joined by commas. Quotes nothing. */
async function makePlain(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: wanted.url });
  await client.connect();
  return async () => {
    const file = createWriteStream(wanted.file);
    await client.query(`BEGIN; DECLARE plain CURSOR FOR ${PLAIN}`);
    for (;;) {
      const { rows } = await client.query({ text: 'FETCH 1000 FROM plain', rowMode: 'array' });
      if (rows.length === 0) break;
      rowCount += rows.length;
      if (!file.write(`${rows.map((row) => row.join(',')).join('\n')}\n`)) await once(file, 'drain');
    }
    await client.query('COMMIT');
    file.end();
    await once(file, 'finish');
  };
}

const work = await (wanted.way === 'plain' ? makePlain() : makeReport(wanted.way));
await sleep(200);
const idle = usageOfThis();
let peakMb = idle.rssMb;
const watch = setInterval(() => {
  peakMb = Math.max(peakMb, usageOfThis().rssMb);
}, 20);
const from = performance.now();
await work();
const seconds = (performance.now() - from) / 1000;
clearInterval(watch);
const done: ExportDone = {
  seconds,
  cpuMs: usageOfThis().cpuMs - idle.cpuMs,
  rows: rowCount,
  idleMb: idle.rssMb,
  peakMb: Math.max(peakMb, usageOfThis().rssMb),
};
answerParent(done);

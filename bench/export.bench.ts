import path from 'node:path';
import { startChild } from './child.ts';
import type { ExportDone, ExportWanted } from './export-once.ts';
import { compare, median, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import { type Stage, stageOfOrders } from './stage.ts';

const ORDERS = 50_000;
const MEMORY_MB = 150;

/** The purchase order report with every line there is, as a file. */
export const exportReport: Bench = async (cluster, report) => {
  const stage = await stageOfOrders(cluster, ORDERS);
  for (const way of ['csv', 'xlsx'] as const) {
    const done: ExportDone[] = [];
    const compared = await compare(
      { name: way, run: async () => runOf(await exportOnce(stage, way, done)) },
      { name: 'plain', run: async () => runOf(await exportOnce(stage, 'plain')) },
      3,
    );
    const growth = median(done.map((one) => one.peakMb - one.idleMb));
    const seconds = median(done.map((one) => one.seconds));
    report({
      title: `Export of ${done[0]?.rows} order lines as ${way.toUpperCase()}`,
      data: `${ORDERS} orders; 19 columns; a process of its own each time`,
      oursIs: `rows, ${seconds.toFixed(1)} s`,
      baselineIs: 'rows: plain pg, the same statement by a cursor, strings joined',
      compared,
      notes: [`memory ${growth.toFixed(0)} MB above idle at most (wanted: ${MEMORY_MB} or less)`],
    });
  }
};

const runOf = (done: ExportDone): Run => ({
  perSecond: done.rows / done.seconds,
  cpuMs: done.cpuMs / done.rows,
});

async function exportOnce(
  stage: Stage,
  way: ExportWanted['way'],
  all: ExportDone[] = [],
): Promise<ExportDone> {
  const wanted: ExportWanted = {
    ...stage.settings,
    way,
    file: path.join(stage.settings.data, `report.${way}`),
  };
  const child = await startChild<ExportDone>('export-once.ts', wanted);
  await child.stop();
  all.push(child.answer);
  return child.answer;
}

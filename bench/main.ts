import { cpus } from 'node:os';
import { comparison } from './comparison.bench.ts';
import { exportReport } from './export.bench.ts';
import { matching } from './matching.bench.ts';
import { opening } from './opening.bench.ts';
import { issuing, receipt } from './ordering.bench.ts';
import { detail, list } from './pages.bench.ts';
import { pdf, pdfs } from './pdf.bench.ts';
import { recording } from './recording.bench.ts';
import { asText, type Bench } from './report.ts';
import { search } from './search.bench.ts';
import { sheet } from './sheet.bench.ts';
import { startCluster } from './stage.ts';
import { storm } from './storm.bench.ts';
import { submission } from './submission.bench.ts';
import { verify } from './verify.bench.ts';
import { views } from './views.bench.ts';

const benches: Readonly<Record<string, Bench>> = {
  list,
  detail,
  submission,
  storm,
  opening,
  sheet,
  pdf,
  pdfs,
  issuing,
  matching,
  receipt,
  export: exportReport,
  comparison,
  recording,
  views,
  search,
  verify,
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs the named benchmarks, or all, each beside its baseline. */
async function main(names: readonly string[]): Promise<void> {
  const wanted = names.length === 0 ? Object.keys(benches) : names;
  const unknown = wanted.filter((name) => benches[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`No benchmark ${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}`);
  const from = performance.now();
  say(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
  const cluster = await startCluster();
  try {
    for (const name of wanted) await benches[name]?.(cluster, (result) => say(asText(result)));
  } finally {
    await cluster.stop();
  }
  say(`All in ${((performance.now() - from) / 1000).toFixed(0)} s`);
}

await main(process.argv.slice(2));

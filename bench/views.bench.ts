import { forSeconds, sendLoad } from './load.ts';
import { compare, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Server, stageOfOrders } from './stage.ts';

const CLIENTS = 8;
const SECONDS = 4;
const PAIRS = 11;

/** What it costs the order list that it is kept who looked at it. */
export const views: Bench = async (cluster, report) => {
  const stage = await stageOfOrders(cluster, 50_000);
  const { cookie } = await stage.signIn(await actorNamed(stage, 'Buyer en'));
  const portal = await stage.startPortal();
  const viewless = await stage.startPortal('page views');
  const listAt = async (server: Server): Promise<Run> => {
    const before = await server.usage();
    const load = await sendLoad(server.answer.origin, {
      clients: CLIENTS,
      status: 200,
      next: forSeconds(SECONDS, [{ path: '/orders', cookie }]),
    });
    const after = await server.usage();
    return { perSecond: load.answers / load.seconds, cpuMs: (after.cpuMs - before.cpuMs) / load.answers };
  };
  const compared = await compare(
    { name: 'kept', run: () => listAt(portal) },
    { name: 'not kept', run: () => listAt(viewless) },
    PAIRS,
  );
  const { rows } = await stage.db.raw<{ rows: { views: number; batches: number }[] }>(
    'SELECT count(*) AS views, count(DISTINCT batch_id) AS batches FROM page_view',
  );
  await portal.stop();
  await viewless.stop();
  report({
    title: 'Keeping page views',
    data: `the order list, 50 of 50,000 orders, ${CLIENTS} clients`,
    oursIs: 'each view kept, in batches, each recorded',
    baselineIs: 'the same list, nothing kept',
    compared,
    notes: [
      `costs ${((1 - compared.ratio) * 100).toFixed(1)} % of the answers (wanted: at most 2 %)`,
      `${rows[0]?.views} views in ${rows[0]?.batches} batches`,
    ],
    target: 0.98,
  });
};

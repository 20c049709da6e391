import { cursorAt, longOrderIds } from './data.ts';
import { forSeconds, type Request, sendLoad } from './load.ts';
import { compare, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Server, type Stage, stageOfOrders } from './stage.ts';

const CLIENTS = 8;
const SECONDS = 2;
const MANY = 50_000;
const FEW = 1_000;
const DEEP = 0.9;

/** The list of orders, and that it costs the same however many there are and however far one turns. */
export const list: Bench = async (cluster, report) => {
  const stage = await stageOfOrders(cluster, MANY);
  const { portal, bare, stop } = await startBoth(stage);
  const visits = await visitsOf(stage, ['/orders']);
  const compared = await compare(
    { name: 'portal', run: () => serve(portal, visits) },
    { name: 'bare', run: () => serve(bare, [{ path: '/orders' }]) },
  );
  report({
    title: 'Order list, 50 rows a page',
    data: `${MANY} orders; 8 clients; signed-in buyers, English and Chinese in turns`,
    oursIs: 'the page',
    baselineIs: 'bare Express, same SQL, HTML by string',
    compared,
    notes: [await memoryNote(portal)],
    target: 0.35,
  });
  await stop();
  await flatness(cluster, report);
};

const flatness: Bench = async (cluster, report) => {
  const [many, few] = [await stageOfOrders(cluster, MANY), await stageOfOrders(cluster, FEW)];
  const [portalOfMany, portalOfFew] = [await many.startPortal(), await few.startPortal()];
  const first = await visitsOf(few, ['/orders']);
  const pages = {
    'first page': await visitsOf(many, ['/orders']),
    'page 900 (keyset)': await visitsOf(many, [`/orders?after=${await cursorAt(many.db, MANY * DEEP)}`]),
  };
  for (const [page, visits] of Object.entries(pages)) {
    const compared = await compare(
      { name: 'many', run: () => serve(portalOfMany, visits) },
      { name: 'few', run: () => serve(portalOfFew, first) },
      4,
    );
    report({
      title: `Order list, ${page} of ${MANY} beside the first of ${FEW}`,
      data: `${MANY} and ${FEW} orders; 8 clients`,
      oursIs: `${MANY} orders`,
      baselineIs: `${FEW} orders`,
      compared,
      notes: [`costs ${(1 / compared.ratio).toFixed(2)} times as much (wanted: at most 1.3)`],
      target: 1 / 1.3,
    });
  }
  await Promise.all([portalOfMany.stop(), portalOfFew.stop()]);
};

/** The page of one order with its 50 lines, versions and timeline. */
export const detail: Bench = async (cluster, report) => {
  const stage = await stageOfOrders(cluster, MANY);
  const { portal, bare, stop } = await startBoth(stage);
  const paths = (await longOrderIds(stage.db)).map((id) => `/orders/${id}`);
  const visits = await visitsOf(stage, paths);
  const compared = await compare(
    { name: 'portal', run: () => serve(portal, visits) },
    {
      name: 'bare',
      run: () =>
        serve(
          bare,
          paths.map((path) => ({ path })),
        ),
    },
  );
  report({
    title: 'Order page, 50 lines',
    data: `${MANY} orders, ${paths.length} of 50 lines; 8 clients; English and Chinese in turns`,
    oursIs: 'the page',
    baselineIs: 'bare Express, same SQL, HTML by string',
    compared,
    notes: [await memoryNote(portal)],
  });
  await stop();
};

/** Each path as an English and as a Chinese buyer. */
async function visitsOf(stage: Stage, paths: readonly string[]): Promise<Request[]> {
  const buyers = ['Buyer en', 'Buyer zh-CN'].map(async (name) => stage.signIn(await actorNamed(stage, name)));
  const sessions = await Promise.all(buyers);
  return paths.flatMap((path) => sessions.map(({ cookie }) => ({ path, cookie })));
}

const idleMb = new WeakMap<Server, number>();

async function startBoth(stage: Stage): Promise<{ portal: Server; bare: Server; stop(): Promise<void> }> {
  const [portal, bare] = [await stage.startPortal(), await stage.startBare()];
  idleMb.set(portal, (await portal.usage()).rssMb);
  return {
    portal,
    bare,
    async stop() {
      await Promise.all([portal.stop(), bare.stop()]);
    },
  };
}

async function memoryNote(server: Server): Promise<string> {
  const { rssMb } = await server.usage();
  const idle = idleMb.get(server) ?? rssMb;
  return `memory ${rssMb.toFixed(0)} MB under load, ${idle.toFixed(0)} MB idle`;
}

async function serve(server: Server, visits: readonly Request[]): Promise<Run> {
  const before = await server.usage();
  const load = await sendLoad(server.answer.origin, {
    clients: CLIENTS,
    status: 200,
    next: forSeconds(SECONDS, visits),
  });
  const after = await server.usage();
  return {
    perSecond: load.answers / load.seconds,
    cpuMs: (after.cpuMs - before.cpuMs) / load.answers,
  };
}

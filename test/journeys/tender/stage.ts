import type { Page } from 'playwright-core';
import type { Actor } from '../../../src/kernel/actor.ts';
import { loadCatalogue, type Translate } from '../../../src/platform/i18n/catalogue.ts';
import { type Log, makeLog } from '../../../src/platform/logger.ts';
import {
  createEvent,
  inviteSuppliers,
  type NewEventItem,
  type SealingLevel,
} from '../../../src/sourcing/index.ts';
import { makeOpener } from '../../support/factories/openers.ts';
import { closeEvent, makeCatalog, someTerms } from '../../support/factories/sourcing.ts';
import { makeSupplier } from '../../support/factories/suppliers.ts';
import { openWorldBrowser, signInContext, type WorldBrowser } from '../../support/world-browser.ts';
import { overhangOn, violationsOn } from '../looking.ts';

export const TITLE = 'Gearbox housings and shafts';
export const CLOSING = '2026-03-30T09:00:00Z';
/** Who plays which part among the five that are invited. */
export const BIDDERS = ['winner', 'second', 'failing', 'withdrawing', 'late'] as const;
export type BidderKey = (typeof BIDDERS)[number];

/** Somebody at a browser of their own. */
export type Seat = { readonly page: Page; readonly actor: Actor };

/** A tender with two lots in two envelopes, and everybody who takes part in it, each at a browser. */
export type Tender = {
  /** Who seals its bids. */
  level: SealingLevel;
  opened: WorldBrowser;
  log: Log;
  /** The lines of the log so far. */
  logged: readonly string[];
  t: Translate;
  buyer: Seat;
  approver: Seat;
  /** Two of them open; none of them runs the tender. */
  openers: readonly [Seat, Seat, Seat];
  /** Who scores the technical envelopes. */
  chair: Seat;
  member: Seat;
  bidders: Record<BidderKey, Seat>;
  eventId: string;
  /** Set once the award is proposed. */
  awardId: string;
  /** What was wrong with the pages that were looked at. */
  findings: string[];
  /** Looks the page over: for accessibility, and for what stands beside the screen. */
  look(seat: Seat, name: string): Promise<void>;
  /** Moves the clock to the closing, and lets the jobs do what is due. */
  closeAt(iso: string): Promise<void>;
  /** Signs somebody in again: a session does not live through a journey's weeks. */
  signIn(seat: Seat): Promise<void>;
};

const LOTS = [{ title: 'Housings' }, { title: 'Shafts' }];
export const LINES: readonly [string, string, string, number][] = [
  ['Housing upper', '500', '48', 1],
  ['Housing lower', '500', '52', 1],
  ['Input shaft', '800', '31', 2],
  ['Output shaft', '800', '33', 2],
];

export async function openTender(level: SealingLevel): Promise<Tender> {
  const logged: string[] = [];
  const log = makeLog('debug', { write: (line) => void logged.push(line) });
  const opened = await openWorldBrowser(log);
  const { world, origin, browser } = opened;
  await makeCatalog(world);
  const seat = async (actor: Actor): Promise<Seat> => {
    const context = await browser.newContext({ locale: 'en', baseURL: origin });
    context.setDefaultTimeout(45_000);
    await signInContext(opened, context, actor);
    const page = await context.newPage();
    // What cannot be undone asks once more: yes.
    page.on('dialog', (dialog) => void dialog.accept());
    return { page, actor };
  };
  const buyer = await seat(await world.staff('buyer'));
  const suppliers: Awaited<ReturnType<typeof makeSupplier>>[] = [];
  for (const _ of BIDDERS) suppliers.push(await makeSupplier(world));
  const seats = await Promise.all(suppliers.map((supplier) => seat(supplier.actor)));
  const eventId = await world.runInTx(buyer.actor, async (ctx) => {
    const id = await createEvent(ctx, {
      ...someTerms({ title: TITLE, closesAt: new Date(CLOSING) }),
      eventType: 'tender',
      lots: LOTS.map((lot) => ({ ...lot, description: '' })),
      items: LINES.map(
        ([description, quantity, estimatedPrice, lotNo]): NewEventItem => ({
          itemCode: null,
          description,
          quantity,
          unit: 'C62',
          originalUnit: null,
          needByOn: '2026-06-30',
          estimatedPrice,
          lotNo,
        }),
      ),
    });
    await inviteSuppliers(
      ctx,
      id,
      suppliers.map((supplier) => supplier.supplierId),
    );
    return id;
  });
  const findings: string[] = [];
  // Making a key by hand takes a second; one does, where the server seals.
  const byHand = async () => seat(await world.staff('bid_opener'));
  const withKey = async () => seat((await makeOpener(world)).actor);
  return {
    level,
    opened,
    log,
    logged,
    t: loadCatalogue(new URL('../../../config/locales', import.meta.url).pathname).translator('en'),
    buyer,
    approver: await seat(await world.staff('approver')),
    openers: [await (level === 'on_arrival' ? byHand() : withKey()), await withKey(), await withKey()],
    chair: await seat(await world.staff('requester')),
    member: await seat(await world.staff('receiver')),
    bidders: Object.fromEntries(BIDDERS.map((key, at) => [key, seats[at]])) as Record<BidderKey, Seat>,
    eventId,
    awardId: '',
    findings,
    async look({ page }, name) {
      await page.waitForLoadState();
      const found = [...(await violationsOn(page)), ...(await overhangOn(page))];
      findings.push(...found.map((finding) => `${name}: ${finding}`));
    },
    async closeAt(iso) {
      await closeEvent(world, { closesAt: new Date(iso) });
      await world.drainJobs();
    },
    signIn: ({ page, actor }) => signInContext(opened, page.context(), actor),
  };
}

/** Presses the first button of this name, and waits for the page that follows. */
export async function press({ page }: Seat, name: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click();
  await page.waitForLoadState();
}

/** Waits until the page says it. */
export const says = ({ page }: Seat, text: string | RegExp): Promise<void> =>
  page.locator('main').getByText(text).filter({ visible: true }).first().waitFor();

/** Leaves out every later step when one has failed, and says where everybody stood then. */
export function inOrder(tender: () => Tender): void {
  let hasFailed = false;
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  afterEach(function () {
    if (this.currentTest?.state !== 'failed' || hasFailed) return;
    hasFailed = true;
    const { buyer, approver, openers, chair, member, bidders } = tender();
    const seats = [buyer, approver, ...openers, chair, member, ...Object.values(bidders)];
    process.stderr.write(`${seats.map(({ page, actor }) => `${actor.name}: ${page.url()}`).join('\n')}\n`);
  });
}

type BidRow = { id: string; reference: string };

export const bidOf = (j: Tender, key: BidderKey): Promise<BidRow> =>
  j.opened.world.db('bid').where({ supplier_id: j.bidders[key].actor.supplierId }).first();

/** An envelope of the version that stands, as it is stored. */
export async function envelopeOf(
  j: Tender,
  key: BidderKey,
  envelope: string,
): Promise<{ id: string; sealed: Buffer }> {
  const { id } = await bidOf(j, key);
  const { db } = j.opened.world;
  const version = await db('bid_version').where({ bid_id: id }).orderBy('version', 'desc').first('id');
  return db('bid_envelope').where({ version_id: version.id, envelope }).first('id', 'sealed');
}

/** The name of a bidder's company, as pages say it. */
export const companyOf = async (j: Tender, key: BidderKey): Promise<string> =>
  (await j.opened.world.db('supplier').where({ id: j.bidders[key].actor.supplierId }).first()).name;

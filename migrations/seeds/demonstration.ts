import path from 'node:path';
import { demonstrationStaff } from '../../config/demonstration-staff.ts';
import { eventJobs } from '../../jobs/index.ts';
import { type Item, listCategories, listPlants } from '../../src/catalog/index.ts';
import type { House } from '../../src/house.ts';
import { findSupplierUsers, hashPassword } from '../../src/identity/index.ts';
import { type Actor, supplierRoles, system } from '../../src/kernel/actor.ts';
import { readAllNotifications } from '../../src/notifications/index.ts';
import { goOnAs } from '../../src/platform/db/acting.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { mailboxMailer } from '../../src/platform/mail/mailbox-mailer.ts';
import type { EventRow, JobHouse } from '../../src/platform/queue/job.ts';
import { drainJobs } from '../../src/platform/queue/run-inline.ts';
import { agreementSteps } from './agreements.ts';
import {
  type CategoryCode,
  type DemonstrationSupplier,
  foundCompany,
  registerSuppliers,
  suppliersOf,
} from './company.ts';
import { type CompetitionPlan, competitionPlans } from './competition-plan.ts';
import { competitionSteps } from './competitions.ts';
import { forecastSteps } from './forecasts.ts';
import { type Journal, noteBegun, noteLoaded, noteStep, readJournal } from './journal.ts';
import { pastOrderPlans, pastOrderSteps, silentCompetitor } from './past-orders.ts';
import { qualifySuppliers } from './qualifications.ts';
import { type Competition, type PastOrder, readCompetitions, readPastOrders } from './real-data.ts';
import { requisitionSteps } from './requisitions.ts';
import { type Calendar, makeCalendar, type Stage, type Step } from './step.ts';

/** Of every supplier's person in the demonstration. */
export const DEMONSTRATION_PASSWORD = 'portico-demo-2026';

/** Suppliers that have something waiting, to sign in as. */
const shownSuppliers = [
  'RIETH-RILEY CONSTRUCTION',
  'E & B PAVING LLC',
  'RAM CONSTRUCTION SERVICES OF MICHIGAN INC',
  'SHANGHAI KEHUA BIOENGINEERING CO.,LTD. (KHB)',
];

/** Who can sign in, and how. */
export type SignIn = { readonly name: string; readonly how: string };

/** A clock that shows what it was last set to: history is written at its own time. */
export type SeedClock = { read(): Promise<Date>; set(at: Date): void };

export function makeSeedClock(start: Date): SeedClock {
  let now = start;
  return {
    read: async () => now,
    set: (at) => {
      now = at;
    },
  };
}

export type Loading = {
  /** Opened on `clock`. */
  readonly house: House;
  readonly clock: SeedClock;
  /** When it really is. */
  readonly readNow: () => Promise<Date>;
  readonly origin: string;
  readonly mailFrom: string;
  readonly say: (line: string) => void;
};

const loader = system('demonstration');

/**
 * Loads the demonstration company into an empty database, step by step as its people would have acted; gives
 * who can sign in. Loaded already, it does nothing. Interrupted, it goes on where it stopped: every step is one
 * transaction together with its entry in the record. In a database with a company of its own it does nothing.
 */
export async function loadDemonstration(loading: Loading): Promise<readonly SignIn[]> {
  const { house, clock, say } = loading;
  clock.set(await loading.readNow());
  const journal = await house.runInTx({ actor: loader }, readJournal);
  const whoCanSignIn = () => house.runInTx({ actor: loader }, (ctx) => signInsOf(ctx, journal.facts));
  if (journal.isComplete) return whoCanSignIn();
  if (journal.begunAt === null && (await hasCompany(house))) {
    say('  The database holds a company already: nothing is loaded');
    return [];
  }
  if (journal.begunAt === null) await house.runInTx({ actor: loader }, noteBegun);
  else say(`  Going on after ${journal.done.size} steps of an interrupted start`);
  const begunAt = journal.begunAt ?? (await clock.read());
  const calendar = makeCalendar(begunAt, house.ports.policies.company.timeZone);
  const data = readData(path.join(house.folders.root, 'migrations/seeds/data'));
  const steps = await allSteps(data, calendar, begunAt);
  await runSteps(loading, { steps, journal, suppliers: data.suppliers });
  clock.set(await loading.readNow());
  await house.runInTx({ actor: loader }, (ctx) => noteLoaded(ctx, steps.length));
  return whoCanSignIn();
}

async function hasCompany(house: House): Promise<boolean> {
  return house.runInTx(
    { actor: loader },
    async (ctx) => (await listCategories(ctx)).length > 0 || (await listPlants(ctx)).length > 0,
  );
}

type Data = {
  readonly told: readonly { readonly plan: CompetitionPlan; readonly competition: Competition }[];
  readonly orders: ReadonlyMap<string, PastOrder>;
  readonly suppliers: readonly DemonstrationSupplier[];
};

function readData(folder: string): Data {
  const competitions = readCompetitions(folder);
  const orders = readPastOrders(
    folder,
    pastOrderPlans.map(([number]) => number),
  );
  return {
    told: competitionPlans.map((plan) => ({ plan, competition: named(competitions, plan.contract) })),
    orders,
    suppliers: suppliersOf(competitions.values(), orders.values(), [silentCompetitor]),
  };
}

function named<T>(from: ReadonlyMap<string, T>, name: string): T {
  const one = from.get(name);
  if (one === undefined) throw new Error(`The demonstration's data lack ${name}`);
  return one;
}

const FOUNDED_DAYS_AGO = 175;
const READ_DAYS_AGO = 4;

/** All that happens until the demonstration begins, in the order of time. */
async function allSteps(
  { told, orders, suppliers }: Data,
  calendar: Calendar,
  begunAt: Date,
): Promise<Step[]> {
  // One hash for all: it is one password, and everybody is told it.
  const hash = await hashPassword(DEMONSTRATION_PASSWORD);
  const founding: Step[] = [
    {
      key: 'company',
      at: calendar.at(FOUNDED_DAYS_AGO, '09:00'),
      act: (stage) => foundCompany(stage, itemsOf(told)),
    },
    {
      key: 'suppliers',
      at: calendar.at(FOUNDED_DAYS_AGO, '10:00'),
      act: (stage) => registerSuppliers(stage, suppliers, hash),
    },
    {
      key: 'qualifications',
      at: calendar.at(FOUNDED_DAYS_AGO, '11:00'),
      act: (stage) => qualifySuppliers(stage, told),
    },
  ];
  const reading: Step = {
    key: 'read',
    at: calendar.at(READ_DAYS_AGO, '19:00'),
    act: (stage) => readNews(stage, suppliers),
  };
  const steps = [
    ...founding,
    reading,
    ...requisitionSteps({ ...worksOf(told, 'SITE'), calendar, foundedDaysAgo: FOUNDED_DAYS_AGO }),
    ...agreementSteps({ ...worksOf(told, 'ROAD'), orders: orders.values(), calendar }),
    ...forecastSteps({ ...worksOf(told, 'ROAD'), calendar }),
    ...told.flatMap((one) => competitionSteps({ ...one, calendar })),
    ...pastOrderPlans.flatMap(([number, orderedDaysAgo], index) =>
      pastOrderSteps(named(orders, number), { number: index, orderedDaysAgo, calendar }),
    ),
  ];
  return steps.filter((step) => step.at <= begunAt).sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** What is needed in these days, and what is agreed for longer, is taken from a competition of this category. */
function worksOf(
  told: Data['told'],
  category: CategoryCode,
): { competition: Competition; category: CategoryCode } {
  const one = told.find(({ plan }) => plan.category === category) ?? told[0];
  if (one === undefined) throw new Error('The demonstration has no competition');
  return { competition: one.competition, category: one.plan.category };
}

/** Everybody has read what came until now, so that the bell counts what is new. */
async function readNews(stage: Stage, suppliers: readonly DemonstrationSupplier[]): Promise<undefined> {
  const staff = demonstrationStaff.map(({ nameId }) => stage.staff(nameId));
  const contacts = suppliers.map(({ name }) => stage.contactOf(stage.fact(`supplier:${name}`)));
  for (const person of [...staff, ...contacts]) await readAllNotifications(stage.as(person));
}

/** What the loaded competitions ask for, each code once. */
function itemsOf(told: Data['told']): Omit<Item, 'id'>[] {
  const items = new Map<string, Omit<Item, 'id'>>();
  for (const { plan, competition } of told)
    for (const { itemCode, description, unit } of competition.lines)
      if (!items.has(itemCode))
        items.set(itemCode, { code: itemCode, description, unit, categoryCode: plan.category });
  return [...items.values()];
}

async function runSteps(
  loading: Loading,
  of: { steps: readonly Step[]; journal: Journal; suppliers: readonly DemonstrationSupplier[] },
): Promise<void> {
  const { house, clock, say } = loading;
  const { steps, journal } = of;
  const stageFor = makeStage(journal.facts, of.suppliers);
  const drain = drainer(loading);
  let today = '';
  for (const [index, step] of steps.entries()) {
    if (journal.done.has(step.key)) continue;
    const day = step.at.toISOString().slice(0, 10);
    if (day !== today) await drain();
    if (day.slice(0, 7) !== today.slice(0, 7))
      say(`  ${day.slice(0, 7)}: ${index} of ${steps.length} steps done`);
    today = day;
    clock.set(step.at);
    const facts = await house.runInTx({ actor: loader }, async (ctx) => {
      const as = (actor: Actor): Ctx => {
        goOnAs(ctx.tx, actor);
        return { ...ctx, actor };
      };
      const left = (await step.act(stageFor(as))) ?? {};
      goOnAs(ctx.tx, loader);
      await noteStep(ctx, step.key, left);
      return left;
    });
    for (const [name, value] of Object.entries(facts)) journal.facts.set(name, value);
  }
  await drain();
}

/**
 * Runs what the acts so far have set off, each at the time of its act; once a day is enough for the next day to
 * build on it. Mail stays here whatever mail server is set: nobody is at `.example`.
 */
function drainer({ house, clock, origin, mailFrom }: Loading): () => Promise<number> {
  const jobHouse: JobHouse = {
    runInTx: house.runInTx,
    mailer: mailboxMailer({ db: house.workerDb, from: mailFrom, readNow: clock.read }),
    catalogue: house.catalogue,
    renderView: house.renderView,
    origin,
  };
  const jobsInTheirTime = eventJobs.map((job) => ({
    ...job,
    run: (lent: JobHouse, event: EventRow) => {
      clock.set(event.at);
      return job.run(lent, event);
    },
  }));
  return () => drainJobs({ db: house.workerDb, house: jobHouse, eventJobs: jobsInTheirTime });
}

function makeStage(
  facts: ReadonlyMap<string, string>,
  suppliers: readonly DemonstrationSupplier[],
): (as: Stage['as']) => Stage {
  const fact = (name: string): string => named(facts, name);
  const staff = (nameId: string): Actor => {
    const person = demonstrationStaff.find((one) => one.nameId === nameId);
    if (person === undefined) throw new Error(`Nobody is called ${nameId}`);
    const userId = fact(`staff:${nameId}`);
    return { kind: 'staff', userId, name: person.name, roles: person.groups, supplierId: null };
  };
  const contactOf = (supplierId: string): Actor => {
    const supplier = suppliers.find(({ name }) => facts.get(`supplier:${name}`) === supplierId);
    if (supplier === undefined) throw new Error(`No supplier of the demonstration is ${supplierId}`);
    const userId = fact(`contact:${supplier.name}`);
    return { kind: 'supplier', userId, name: supplier.contact.name, roles: supplierRoles, supplierId };
  };
  return (as) => ({ as, staff, contactOf, fact });
}

/** Staff choose who they are at the built-in identity provider; a supplier's person writes address and password. */
async function signInsOf(ctx: Ctx, facts: ReadonlyMap<string, string>): Promise<SignIn[]> {
  const signIns = demonstrationStaff.map(({ name, groups }) => ({
    name,
    how: `${groups.join(', ')}: single sign-on`,
  }));
  for (const supplier of shownSuppliers)
    for (const { name, email } of await findSupplierUsers(ctx, named(facts, `supplier:${supplier}`)))
      signIns.push({ name, how: `${email}, password ${DEMONSTRATION_PASSWORD} (${supplier})` });
  return signIns;
}

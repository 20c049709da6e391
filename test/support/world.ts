import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Express } from 'express';
import request, { type Agent, type Test } from 'supertest';
import { eventJobs } from '../../jobs/index.ts';
import { type AppSettings, makeApp } from '../../src/app.ts';
import { startPageViews } from '../../src/audit/index.ts';
import { type House, openHouse } from '../../src/house.ts';
import { createSupplierUser, provisionStaff } from '../../src/identity/index.ts';
import { type Actor, type Role, type StaffRole, type SupplierRole, system } from '../../src/kernel/actor.ts';
import type { Policies } from '../../src/kernel/policies.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import type { Mail } from '../../src/platform/mail/mailer.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { drainJobs } from '../../src/platform/queue/run-inline.ts';
import { createTestDatabase } from './database.ts';
import { crashesOnly } from './log.ts';
import { signInForTest } from './sign-in.ts';

/** A signed-in browser without a browser: keeps its cookie and sends the form token along. */
export type Visitor = {
  readonly actor: Actor;
  get(path: string): Test;
  /** A form post with the session's token. Nested objects and arrays become `lines[0][quantity]`. */
  post(path: string, form?: Record<string, unknown>): Test;
  /** A multipart post: `files` are field → [name, content]. */
  upload(path: string, form: Record<string, string>, files: Record<string, [string, Buffer]>): Test;
};

export type World = {
  readonly app: Express;
  /** As the owner: sees and changes everything. */
  readonly db: Database;
  readonly house: House;
  setNow(iso: string): void;
  now(): Date;
  /** Acts as the named actor in a transaction of its own. */
  runInTx<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** Makes a staff member with these roles. */
  staff(...roles: StaffRole[]): Promise<Actor>;
  /** Makes a user of a supplier. */
  supplierUser(supplierId: string, ...roles: SupplierRole[]): Promise<Actor>;
  /** Signs the actor in. */
  as(actor: Actor): Promise<Visitor>;
  /** Nobody signed in. */
  visitor(): Agent;
  /** Every mail sent so far, oldest first. */
  readonly mails: readonly Mail[];
  /** Writes which pages people looked at so far; nothing else does. */
  flushPageViews(): Promise<void>;
  /** Runs what the acts so far have set off, until nothing is left; gives how many handlers ran. */
  drainJobs(): Promise<number>;
  close(): Promise<void>;
};

export const ORIGIN = 'http://127.0.0.1';
const START = '2026-03-02T10:00:00Z';
let serial = 0;

/** A world of its own: an empty database, the real application on it, and a clock that stands still. */
export async function makeWorld({
  policies = {},
  ...options
}: Pick<AppSettings, 'signIn' | 'scim' | 'queues' | 'showsMailbox'> & {
  /** House rules that differ from the company's. */
  policies?: Partial<Policies>;
} = {}): Promise<World> {
  const database = await createTestDatabase();
  const data = await mkdtemp(path.join(tmpdir(), 'portico-test-'));
  let now = new Date(START);
  const house = openHouse(
    {
      databaseUrl: database.url,
      poolMax: 10,
      applicationName: 'test',
      masterKey: Buffer.alloc(32, 7),
      folders: { root: path.join(import.meta.dirname, '../..'), data },
      policies,
    },
    { read: async () => now },
  );
  const pageViews = startPageViews({
    runInTx: house.runInTx,
    onError: (error) => {
      throw error;
    },
    everyMs: null,
  });
  // Tests look behind the wall: as the owner of the database, who is asked for nothing.
  const db = openDatabase({ url: database.url, poolMax: 4, applicationName: 'test-owner' });
  const { app } = makeApp(house, {
    origin: ORIGIN,
    pageViews,
    trustProxy: 0,
    readNow: () => now,
    ...options,
    log: crashesOnly,
  });
  const mails: Mail[] = [];
  const jobHouse: JobHouse = {
    runInTx: house.runInTx,
    mailer: { send: async (mail) => void mails.push(mail) },
    catalogue: house.catalogue,
    renderView: house.renderView,
    origin: ORIGIN,
  };
  const runInTx: World['runInTx'] = (actor, work) => house.runInTx({ actor }, work);
  const actorNamed = (
    kind: 'staff' | 'supplier',
    userId: string,
    name: string,
    roles: Role[],
    supplierId: string | null,
  ): Actor => ({ kind, userId, name, roles, supplierId });
  return {
    app,
    db,
    house,
    setNow: (iso) => {
      now = new Date(iso);
    },
    now: () => now,
    runInTx,
    async staff(...roles) {
      serial += 1;
      const name = `${roles[0] ?? 'staff'} ${serial}`;
      const userId = await runInTx(system('test'), (ctx) =>
        provisionStaff(ctx, {
          name,
          email: `staff-${serial}@hailan.example`,
          nameId: `staff-${serial}`,
          idpEntityId: 'urn:test:idp',
          roles,
          locale: 'en',
          timeZone: 'Asia/Shanghai',
        }),
      );
      return actorNamed('staff', userId, name, roles, null);
    },
    async supplierUser(supplierId, ...roles) {
      serial += 1;
      const name = `supplier user ${serial}`;
      const userId = await runInTx(system('test'), (ctx) =>
        createSupplierUser(ctx, {
          supplierId,
          name,
          email: `supplier-${serial}@supplier.example`,
          locale: 'en',
          timeZone: 'Europe/Berlin',
          roles,
        }),
      );
      return actorNamed('supplier', userId, name, roles, supplierId);
    },
    async as(actor) {
      const { cookie, csrfToken } = await signInForTest(house, actor, now);
      // What the last act wanted said waits in a cookie of its own, as in a browser.
      let notices = '';
      const send = (test: Test): Test =>
        test
          .set('Cookie', `${cookie}${notices}`)
          .redirects(0)
          .on('response', (answer: { headers: Record<string, string[] | undefined> }) => {
            for (const set of answer.headers['set-cookie'] ?? [])
              if (set.startsWith('portico-notices=')) notices = `; ${set.split(';')[0]}`;
          });
      return {
        actor,
        get: (url) => send(request(app).get(url)),
        post: (url, form = {}) =>
          send(
            request(app)
              .post(url)
              .type('form')
              .send(asFormFields({ ...form, _csrf: csrfToken })),
          ),
        upload(url, form, files) {
          const test = send(request(app).post(`${url}?_csrf=${csrfToken}`));
          for (const [name, value] of Object.entries(form)) test.field(name, value);
          for (const [field, [fileName, content]] of Object.entries(files))
            test.attach(field, content, fileName);
          return test;
        },
      };
    },
    visitor: () => request.agent(app),
    mails,
    flushPageViews: () => pageViews.flush(),
    drainJobs: () => drainJobs({ db: house.workerDb, house: jobHouse, eventJobs }),
    async close() {
      await house.close();
      await db.destroy();
      await database.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Fields as a browser names them; superagent would leave out the places of an array. */
export function asFormFields(form: Record<string, unknown>): string {
  const fields = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object') fields.append(name, `${value as string | number | boolean}`);
    else for (const [key, child] of Object.entries(value)) add(`${name}[${key}]`, child);
  };
  for (const [name, value] of Object.entries(form)) add(name, value);
  return fields.toString();
}

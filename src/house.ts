import path from 'node:path';
import { policies } from '../config/policies.ts';
import { access } from './access.ts';
import type { Policies } from './kernel/policies.ts';
import { makeKeyRing } from './platform/crypto/key-ring.ts';
import type { DatabaseRole } from './platform/db/acting.ts';
import type { Ports, RunInTx } from './platform/db/context.ts';
import { type Database, openDatabase } from './platform/db/database.ts';
import { type Clock, databaseClock, makeRunInTx } from './platform/db/transaction.ts';
import { type Catalogue, loadCatalogue } from './platform/i18n/catalogue.ts';
import { diskStorage } from './platform/storage/disk.ts';
import { makeViewRenderer } from './platform/web/render.ts';

/** Where the checkout (or the build) keeps what is read at run time: views, catalogues. */
export type Folders = { readonly root: string; readonly data: string };

export type HouseSettings = {
  readonly databaseUrl: string;
  readonly poolMax: number;
  readonly applicationName: string;
  /** Only for what can be gone on with after a crash: see `openDatabase`. */
  readonly commitsLazily?: boolean;
  /** At least 32 bytes, kept outside the database. */
  readonly masterKey: Uint8Array;
  readonly folders: Folders;
  /** House rules that differ from config/policies.ts; for tests. */
  readonly policies?: Partial<Policies>;
};

/** What web and worker stand on: opened once a process, closed in the opposite order. */
export type House = {
  /** Outside of transactions everybody is a visitor; a transaction takes on the role of its actor. */
  readonly db: Database;
  /** For what only the worker does outside of transactions of its own: the relay, the sealer, kept mail. */
  readonly workerDb: Database;
  readonly ports: Omit<Ports, 'readClock'>;
  readonly runInTx: RunInTx;
  readonly catalogue: Catalogue;
  /** A view without the page around it: mails. */
  renderView(name: string, it: object): string;
  readonly folders: Folders;
  /** Calls `listener` after each commit: new event rows may be there. */
  onCommitted(listener: () => void): void;
  close(): Promise<void>;
};

/** Opens database, keys, storage and languages. Tests give a clock that stands still. */
export function openHouse(settings: HouseSettings, clock: Clock = databaseClock): House {
  const open = (role: DatabaseRole, poolMax: number): Database =>
    openDatabase({
      url: settings.databaseUrl,
      poolMax,
      applicationName: settings.applicationName,
      role,
      commitsLazily: settings.commitsLazily ?? false,
    });
  const db = open('portico_visitor', settings.poolMax);
  // Opens connections when it is used: none where there is no worker.
  const workerDb = open('portico_worker', settings.poolMax);
  const ports = {
    access,
    policies: { ...policies, ...settings.policies },
    storage: diskStorage(path.join(settings.folders.data, 'files')),
    keyRing: makeKeyRing(settings.masterKey),
  };
  const listeners: (() => void)[] = [];
  const runInTx = makeRunInTx(db, ports, clock, () => {
    for (const listener of listeners) listener();
  });
  return {
    db,
    workerDb,
    ports,
    runInTx,
    catalogue: loadCatalogue(path.join(settings.folders.root, 'config', 'locales')),
    renderView: makeViewRenderer(path.join(settings.folders.root, 'views')),
    folders: settings.folders,
    onCommitted: (listener) => void listeners.push(listener),
    close: async () => {
      await workerDb.destroy();
      await db.destroy();
    },
  };
}

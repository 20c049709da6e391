import type { Knex } from 'knex';
import type { Access } from '../../kernel/access.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Policies } from '../../kernel/policies.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import type { Storage } from '../storage/storage.ts';

/** An open transaction: knex's query builder and `raw` bound to one connection. */
export type Tx = Pick<Knex, 'raw' | 'client'> & ((table: string) => Knex.QueryBuilder);

/** What the process lends to every use-case. Chosen once, in `app.ts`. */
export type Ports = {
  /** Who may do what. */
  readonly access: Access;
  readonly policies: Policies;
  readonly storage: Storage;
  readonly keyRing: KeyRing;
  /** The database's clock at this very moment (not the transaction's start): what deadlines go by. */
  readClock(tx: Tx): Promise<Date>;
};

/**
 * Everything a use-case may know about its surroundings; made once a request or job.
 * `now` is the database's clock when the transaction began.
 */
export type Ctx = Ports & {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly now: Date;
  /** Ties the event rows and log lines of one request or job together. */
  readonly requestId: string | null;
};

export type RunInTx = <T>(
  who: { actor: Actor; requestId?: string | null },
  work: (ctx: Ctx) => Promise<T>,
) => Promise<T>;

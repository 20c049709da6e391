import { expect } from 'chai';
import type { Tx } from '../../../src/platform/db/context.ts';
import { type Database, openDatabase } from '../../../src/platform/db/database.ts';
import { inTransaction } from '../../../src/platform/db/open-transaction.ts';
import { named, rowsOf } from '../../../src/platform/db/statements.ts';
import { databaseClock } from '../../../src/platform/db/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

describe('a transaction', () => {
  let database: TestDatabase;
  let db: Database;

  before(async () => {
    database = await createTestDatabase({ migrated: false });
    // One connection: a transaction that spoils it would spoil the next one too.
    db = openDatabase({ url: database.url, poolMax: 1, applicationName: 'test' });
    await db.raw('CREATE TABLE note (text text UNIQUE DEFERRABLE INITIALLY DEFERRED)');
  });
  after(async () => {
    await db.destroy();
    await database.drop();
  });
  beforeEach(() => db('note').delete());

  const notes = async (): Promise<string[]> => (await db('note').orderBy('text')).map((row) => row.text);
  const write = (tx: Tx, text: string): Promise<unknown> => rowsOf(tx, 'INSERT INTO note VALUES (?)', [text]);
  const backend = async (tx: Tx): Promise<number> =>
    (await rowsOf<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid'))[0]?.pid ?? 0;

  it('keeps what its work wrote, by the builder, by raw text and by a named statement', async () => {
    const answer = await inTransaction(db, async (tx) => {
      await tx('note').insert({ text: 'by the builder' });
      await write(tx, 'by raw text');
      await named(tx, { name: 'note.insert', text: 'INSERT INTO note VALUES ($1)', values: ['by name'] });
      return 'done';
    });
    expect(answer).to.equal('done');
    expect(await notes()).to.deep.equal(['by name', 'by raw text', 'by the builder']);
  });

  it('tells when it began by the clock of the database', async () => {
    await inTransaction(db, async (tx, begunAt) => {
      const now = await databaseClock.read(tx);
      expect(now.getTime() - begunAt.getTime()).to.be.within(0, 5_000);
      expect(await databaseClock.read(tx, begunAt), 'without asking again').to.equal(begunAt);
    });
  });

  it('leaves nothing when its work throws, and throws the same error', async () => {
    const thrown = new Error('refused');
    const error = await errorOf(() =>
      inTransaction(db, async (tx) => {
        await write(tx, 'lost');
        throw thrown;
      }),
    );
    expect(error).to.equal(thrown);
    expect(await notes()).to.deep.equal([]);
  });

  it('leaves nothing when a statement fails', async () => {
    const error = await errorOf(() =>
      inTransaction(db, async (tx) => {
        await write(tx, 'lost');
        await rowsOf(tx, 'SELECT 1 / 0');
      }),
    );
    expect(error).to.have.property('code', '22012');
    expect(await notes()).to.deep.equal([]);
  });

  it('does not call it done when its work swallowed the error of a statement', async () => {
    const error = await errorOf(() =>
      inTransaction(db, async (tx) => {
        await write(tx, 'lost');
        await rowsOf(tx, 'SELECT 1 / 0').catch(() => []);
      }),
    );
    expect(error.message).to.contain('Nothing was saved');
    expect(await notes()).to.deep.equal([]);
  });

  it('says what a constraint that is asked at the end refuses, and the next one works', async () => {
    const error = await errorOf(() =>
      inTransaction(db, async (tx) => {
        await write(tx, 'twice');
        await write(tx, 'twice');
      }),
    );
    expect(error).to.have.property('code', '23505');
    await inTransaction(db, (tx) => write(tx, 'next'));
    expect(await notes()).to.deep.equal(['next']);
  });

  for (const [way, use] of Object.entries<(tx: Tx) => PromiseLike<unknown>>({
    'raw text': (tx) => tx.raw('SELECT 1'),
    'the builder': (tx) => tx('note').insert({ text: 'late' }),
    'a named statement': (tx) => named(tx, { name: 'one', text: 'SELECT 1', values: [] }),
  }))
    it(`refuses ${way} that comes after its end, whoever has the connection by then`, async () => {
      let leaked: Tx | undefined;
      await inTransaction(db, async (tx) => {
        leaked = tx;
        await backend(tx);
      });
      await inTransaction(db, async () => {
        const error = await errorOf(() => use(leaked as Tx));
        expect(error.message).to.contain('This transaction is over');
      });
      expect(await notes()).to.deep.equal([]);
    });

  it('refuses a late statement of work that failed, rather than to run it outside', async () => {
    let late: Promise<Error> | undefined;
    let go: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    await errorOf(() =>
      inTransaction(db, (tx) => {
        late = errorOf(() => gate.then(() => write(tx, 'late')));
        return Promise.all([late, Promise.reject(new Error('the other part failed'))]);
      }),
    );
    go?.();
    expect((await late)?.message).to.contain('This transaction is over');
    expect(await notes()).to.deep.equal([]);
  });

  it('never gives the connection on that was lost while it worked', async () => {
    let lost = 0;
    const error = await errorOf(() =>
      inTransaction(db, async (tx) => {
        lost = await backend(tx);
        const other = openDatabase({ url: database.url, poolMax: 1, applicationName: 'test' });
        await other.raw('SELECT pg_terminate_backend(?)', [lost]);
        await other.destroy();
        await write(tx, 'lost');
      }),
    );
    expect(error.message).to.match(/terminat|Client has/i);
    const pid = await inTransaction(db, backend);
    expect(pid).to.not.equal(lost);
    expect(await notes()).to.deep.equal([]);
  });

  it('uses the same connection again after a refusal', async () => {
    const before = await inTransaction(db, backend);
    await errorOf(() => inTransaction(db, (tx) => rowsOf(tx, 'SELECT 1 / 0')));
    expect(await inTransaction(db, backend)).to.equal(before);
  });
});

async function errorOf(act: () => PromiseLike<unknown>): Promise<Error> {
  try {
    await act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was expected to fail');
}

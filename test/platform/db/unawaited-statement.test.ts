import { expect } from 'chai';
import type { Tx } from '../../../src/platform/db/context.ts';
import { type Database, openDatabase } from '../../../src/platform/db/database.ts';
import { inTransaction } from '../../../src/platform/db/open-transaction.ts';
import { named, namedUnawaited } from '../../../src/platform/db/statements.ts';
import { createTestDatabase } from '../../support/database.ts';

describe('leaving a statement to the commit', () => {
  let db: Database;
  let drop: () => Promise<void>;

  before(async () => {
    const database = await createTestDatabase();
    drop = database.drop;
    db = openDatabase({ url: database.url, poolMax: 2, applicationName: 'test' });
    await db.raw('CREATE TABLE note (word text PRIMARY KEY)');
  });
  after(async () => {
    await db.destroy();
    await drop();
  });
  beforeEach(() => db('note').delete());

  const insert = (tx: Tx, word: string): Promise<void> =>
    namedUnawaited(tx, { name: 'note.insert', text: 'INSERT INTO note VALUES ($1)', values: [word] });
  const words = (): Promise<string[]> => db('note').orderBy('word').pluck('word');
  const failureOf = (work: (tx: Tx) => Promise<unknown>): Promise<string> =>
    inTransaction(db, work).then(
      () => 'none',
      (error: Error) => error.message,
    );

  it('saves it with the rest, in the order it was sent, seen by what comes after', async () => {
    const seen = await inTransaction(db, async (tx) => {
      await insert(tx, 'a');
      return named<{ word: string }>(tx, { name: 'note.all', text: 'SELECT word FROM note', values: [] });
    });
    expect(seen).to.deep.equal([{ word: 'a' }]);
    expect(await words()).to.deep.equal(['a']);
  });

  it('saves nothing and says why when it fails as the last statement', async () => {
    const failure = await failureOf(async (tx) => {
      await tx('note').insert({ word: 'b' });
      await insert(tx, 'b');
    });
    expect(failure).to.include('duplicate key');
    expect(await words()).to.deep.equal([]);
  });

  it('says what failed first, not what failed because of it', async () => {
    const failure = await failureOf(async (tx) => {
      await insert(tx, 'c');
      await insert(tx, 'c');
      await tx.raw('SELECT 1');
    });
    expect(failure).to.include('duplicate key');
    expect(await words()).to.deep.equal([]);
  });

  it('gives the work’s own error when the statement was well', async () => {
    const failure = await failureOf(async (tx) => {
      await insert(tx, 'd');
      throw new Error('of the work');
    });
    expect(failure).to.equal('of the work');
    expect(await words()).to.deep.equal([]);
  });

  it('leaves the connection fit for the next transaction', async () => {
    for (let count = 0; count < 5; count += 1)
      await failureOf(async (tx) => {
        await insert(tx, 'e');
        await insert(tx, 'e');
      });
    await inTransaction(db, (tx) => insert(tx, 'f'));
    expect(await words()).to.deep.equal(['f']);
  });

  it('waits for it in a transaction that is knex’s own', async () => {
    await db.transaction((tx) => insert(tx, 'g'));
    expect(await words()).to.deep.equal(['g']);
  });
});

import { expect } from 'chai';
import pg from 'pg';
import { createTestDatabase } from './database.ts';

describe('making a test database', () => {
  it('gives one of its own with every migration', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ made: boolean }>(`SELECT to_regclass('event') IS NOT NULL AS made`);
    await client.end();
    await database.drop();
    expect(rows[0]?.made).to.equal(true);
  });
});

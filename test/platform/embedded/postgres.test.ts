import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { type EmbeddedPostgres, startPostgres } from '../../../src/platform/embedded/postgres.ts';

const launcher = path.join(import.meta.dirname, '../../../src/platform/embedded/postgres.ts');

describe('bringing PostgreSQL along', function () {
  this.timeout(60_000);
  let folder: string;
  let server: EmbeddedPostgres | undefined;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'portico-embedded-'));
    chmodSync(folder, 0o755);
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (): Promise<EmbeddedPostgres> => {
    server = await startPostgres({ folder: path.join(folder, 'postgres') });
    return server;
  };

  it('starts durable and with checksums, behind a password of its own', async () => {
    const { urlOf } = await start();
    const settings = await firstRow(
      urlOf('postgres'),
      `
      SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
             current_setting('data_checksums') AS checksums, current_setting('listen_addresses') AS address`,
    );
    expect(settings).to.deep.equal({ fsync: 'on', commit: 'on', checksums: 'on', address: '127.0.0.1' });
    expect(statSync(path.join(folder, 'postgres/password')).mode & 0o777).to.equal(0o600);
    const wrong = new URL(urlOf('postgres'));
    wrong.password = 'guessed';
    expect(await failure(firstRow(wrong.href, 'SELECT 1'))).to.contain('password authentication failed');
  });

  it('keeps its port and its data over a restart', async () => {
    const first = await start();
    await firstRow(first.urlOf('postgres'), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(second.port).to.equal(first.port);
    expect(second.wasRunning).to.equal(false);
    expect(await firstRow(second.urlOf('postgres'), 'SELECT answer FROM kept')).to.deep.equal({ answer: 42 });
  });

  it('takes over the server that a killed process left behind, and stops it in the end', async () => {
    await startAndDie(path.join(folder, 'postgres'));
    const { wasRunning, urlOf, stop } = await start();
    expect(wasRunning).to.equal(true);
    await firstRow(urlOf('postgres'), 'SELECT 1');
    await stop();
    expect(await failure(firstRow(urlOf('postgres'), 'SELECT 1'))).to.contain('ECONNREFUSED');
  });

  it('starts again after the server itself was killed with work under way', async () => {
    const { urlOf } = await start();
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN; UPDATE kept SET answer = 0');
    process.kill(pidOf(folder), 'SIGKILL');
    const again = await start();
    expect(await firstRow(again.urlOf('postgres'), 'SELECT answer FROM kept')).to.deep.equal({ answer: 42 });
  });

  it('leaves a server alone that another living process is responsible for', async () => {
    const other = await startAndStay(path.join(folder, 'postgres'));
    const guest = await startPostgres({ folder: path.join(folder, 'postgres') });
    await guest.stop();
    await firstRow(guest.urlOf('postgres'), 'SELECT 1');
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('exit', resolve));
    await start();
  });
});

const pidOf = (folder: string): number =>
  Number(readFileSync(path.join(folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);

function launch(folder: string, then: string) {
  const program = `import { startPostgres } from ${JSON.stringify(launcher)};
    startPostgres({ folder: ${JSON.stringify(folder)} }).then(() => { ${then} });`;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function startAndDie(folder: string): Promise<void> {
  const child = launch(folder, `process.kill(process.pid, 'SIGKILL')`);
  const signal = await new Promise((resolve) => child.once('exit', (_code, name) => resolve(name)));
  expect(signal).to.equal('SIGKILL');
}

async function startAndStay(folder: string) {
  const child = launch(folder, `console.log('ready'); setInterval(() => {}, 1000)`);
  const ready = await new Promise((resolve) => {
    child.stdout?.once('data', () => resolve(true));
    child.once('exit', () => resolve(false));
  });
  expect(ready).to.equal(true);
  return child;
}

async function firstRow(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0] as unknown;
  } finally {
    await client.end();
  }
}

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

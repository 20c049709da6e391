// npm test: installs what is missing, brings a PostgreSQL of its own in a temporary folder, runs mocha.
//   npm test -- test/bids/**        only these files
//   node bin/test.mjs --serve       keeps the test PostgreSQL running for many quick runs
// With TEST_POSTGRES_URL set (a superuser's URL) that server is used instead.
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captureProgram, runProgram } from './child.mjs';
import { installWhatIsMissing } from './install.mjs';
import { chooseNode, root } from './node.mjs';
import { step } from './progress.mjs';

const SERVED = { port: 55432, password: 'postgres' };
// A test's data need not survive a crash of the machine.
const FORGETFUL = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4e9;

// About half of the time; a new folder goes to the other half.
const BESIDE = new Set([
  'faults',
  'foreign-idp',
  'journeys',
  'platform',
  'row-level-security',
  'scim',
  'security',
  'seeds',
  'signed-link',
  'step-up',
  'suppliers',
]);

await installWhatIsMissing();
const args = process.argv.slice(2);
process.exitCode = args[0] === '--serve' ? await serve() : await test(args);

async function test(mochaArgs) {
  const given = process.env['TEST_POSTGRES_URL'];
  if (given) return runMocha(mochaArgs, given);
  const server = await step('Starting PostgreSQL for the tests', () => startTestServer({}));
  try {
    return await runMocha(mochaArgs, server.urlOf('postgres'));
  } finally {
    await server.end();
  }
}

async function serve() {
  const server = await startTestServer(SERVED);
  process.stdout.write(
    `Test PostgreSQL is running; stop it with Ctrl-C.\n` +
      `TEST_POSTGRES_URL=${server.urlOf('postgres')} npx mocha 'test/bids/**/*.test.ts'\n`,
  );
  const running = setInterval(() => {}, 60_000);
  await new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, resolve);
  });
  clearInterval(running);
  await server.end();
  return 0;
}

async function startTestServer(options) {
  // The launcher is TypeScript, and this file must run before anything is built.
  const { tsImport } = await import('tsx/esm/api');
  const { startPostgres } = await tsImport('../src/platform/embedded/postgres.ts', import.meta.url);
  const folder = mkdtempSync(path.join(folderForTests(), 'portico-test-'));
  const server = await startPostgres({ ...options, folder, settings: FORGETFUL });
  return {
    urlOf: server.urlOf,
    async end() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Memory, where there is enough of it: each test's database is a thousand files made and removed again, and a disk's
 * file system takes several times as long for that as everything the test does.
 */
function folderForTests() {
  if (!existsSync(IN_MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= ENOUGH_BYTES ? IN_MEMORY : tmpdir();
}

/** Everything runs in two lanes side by side, each of mocha's own order; what is named runs in one. */
async function runMocha(mochaArgs, url) {
  const mocha = (names) => [path.join(root, 'node_modules/mocha/bin/mocha.js'), ...names];
  const env = { ...process.env, TEST_POSTGRES_URL: url, NODE_ENV: 'test' };
  const node = chooseNode();
  if (mochaArgs.length > 0) return runProgram(node, mocha(mochaArgs), { env });
  const folders = readdirSync(path.join(root, 'test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'support')
    .map((entry) => entry.name);
  const inLane = (isBeside) =>
    folders.filter((name) => BESIDE.has(name) === isBeside).map((name) => path.join('test', name));
  const beside = captureProgram(node, mocha(inLane(true)), { env });
  const code = await runProgram(node, mocha(inLane(false)), { env });
  const other = await beside;
  process.stdout.write(`\nBeside it ran ${[...BESIDE].join(', ')}:\n${other.output}`);
  return code || other.code;
}

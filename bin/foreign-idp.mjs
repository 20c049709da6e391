// Brings SimpleSAMLphp, an identity provider that we did not write, and the PHP it runs on: Debian's packages,
// unpacked into one folder of node_modules/.cache. Installs nothing and needs no rights. Prints the folder.
//   TEST_FOREIGN_IDP=$(node bin/foreign-idp.mjs) npm test -- test/foreign-idp
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './node.mjs';

const folder = path.join(root, 'node_modules/.cache/foreign-idp');
const draft = `${folder}.${process.pid}`;
// Besides what this machine already has, apt names what these need.
const WANTED = ['php-cli', 'php-xml', 'php-mbstring'];

try {
  if (!existsSync(folder)) bring();
  process.stdout.write(`${folder}\n`);
} catch (error) {
  process.stderr.write(
    `SimpleSAMLphp could not be had from Debian, so single sign-on cannot be tested against a foreign provider.\n` +
      `This takes Debian or Ubuntu with apt-get and dpkg, and their archive within reach.\n${error.message}\n`,
  );
  process.exitCode = 1;
} finally {
  rmSync(draft, { recursive: true, force: true });
}

function bring() {
  // Lists and packages of our own: the machine's belong to root and may be empty.
  const [state, cache, packages] = ['state', 'cache', 'packages'].map((name) => path.join(draft, name));
  for (const made of [path.join(state, 'lists/partial'), path.join(cache, 'archives/partial'), packages])
    mkdirSync(made, { recursive: true });
  const options = [
    `Dir::State=${state}`,
    `Dir::Cache=${cache}`,
    'Dir::State::status=/var/lib/dpkg/status',
    'APT::Sandbox::User=root',
  ];
  const apt = (...args) => run('apt-get', ['-qq', ...options.flatMap((option) => ['-o', option]), ...args]);
  apt('update');
  const planned = apt('--simulate', '--no-install-recommends', 'install', ...WANTED);
  const needed = [...planned.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  apt('download', ...needed, 'simplesamlphp');
  for (const file of readdirSync(packages))
    run('dpkg-deb', ['--extract', path.join(packages, file), path.join(draft, 'unpacked')]);
  renameSync(path.join(draft, 'unpacked'), folder);
}

function run(command, args) {
  return execFileSync(command, args, {
    cwd: path.join(draft, 'packages'),
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 180_000,
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KeyPair, makeKeyPair } from '../../src/platform/crypto/self-signed.ts';

/** Somebody with an account at the provider. */
export type Account = {
  readonly password: string;
  /** The attribute `uid` is the NameID. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
};
export type Provider = {
  readonly issuer: string;
  readonly entryPoint: string;
  readonly logoutUrl: string;
  /** Where somebody signs out at the provider itself. */
  readonly signOutUrl: string;
  /** Its signing certificates: the first, and the one it will switch to. */
  readonly certificates: readonly [string, string];
  /** Lets a service provider in, by the metadata it gives about itself. */
  trust(metadata: string, options?: TrustOptions): Promise<void>;
  /** Who has an account from now on. */
  setAccounts(accounts: Readonly<Record<string, Account>>): Promise<void>;
  signWith(key: 'first' | 'second'): Promise<void>;
  /** What PHP and the provider have to say when something is not as it should be. */
  log(): Promise<string>;
  close(): Promise<void>;
};
export type TrustOptions = { readonly encryptsAssertions?: boolean; readonly audience?: string };

const EXTENSIONS =
  'tokenizer ctype iconv posix xml dom simplexml xmlreader xmlwriter mbstring fileinfo phar'.split(' ');
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const LONGEST_START_MS = 20_000;

/**
 * SimpleSAMLphp at an address of its own, from the folder that `bin/foreign-idp.mjs` made. It listens on
 * localhost: for a browser that has a portal at 127.0.0.1 that is another site.
 */
export async function startProvider(unpacked: string): Promise<Provider> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portico-foreign-idp-'));
  const base = `http://localhost:${await freePort()}/`;
  const issuer = `${base}saml2/idp/metadata.php`;
  const keys = { first: makeKeyPair('first'), second: makeKeyPair('second') };
  const write = (name: string, content: string) => writeFile(path.join(folder, name), content);
  for (const made of ['metadata', 'cert', 'log', 'data', 'tmp', 'sessions'])
    await mkdir(path.join(folder, made));
  for (const [name, pair] of Object.entries(keys)) await writeKeyPair(path.join(folder, 'cert', name), pair);
  await write('config.php', configuration(folder, base));
  await write('php.ini', phpSettings(unpacked, folder));
  const signWith = (key: keyof typeof keys) =>
    write('metadata/saml20-idp-hosted.php', ourselves(issuer, key));
  const setAccounts: Provider['setAccounts'] = (accounts) => write('authsources.php', sources(accounts));
  await signWith('first');
  await setAccounts({});
  const php = await startPhp({ unpacked, folder, base });
  return {
    issuer,
    entryPoint: `${base}saml2/idp/SSOService.php`,
    logoutUrl: `${base}saml2/idp/SingleLogoutService.php`,
    signOutUrl: `${base}saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(`${base}logout.php`)}`,
    certificates: [keys.first.certificate, keys.second.certificate],
    async trust(metadata, options = {}) {
      await write('service-provider.xml', metadata);
      await write('metadata/saml20-sp-remote.php', serviceProvider(folder, options));
    },
    setAccounts,
    signWith,
    log: () => readFile(path.join(folder, 'log/simplesamlphp.log'), 'utf8').catch(() => ''),
    async close() {
      await stop(php);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeKeyPair(file: string, pair: KeyPair): Promise<void> {
  await writeFile(`${file}.key`, pair.privateKey, { mode: 0o600 });
  await writeFile(`${file}.crt`, pair.certificate);
}

async function startPhp(of: { unpacked: string; folder: string; base: string }): Promise<ChildProcess> {
  const bin = path.join(of.unpacked, 'usr/bin');
  const name = readdirSync(bin).find((file) => /^php[0-9.]+$/.test(file));
  if (name === undefined) throw new Error(`There is no PHP in ${bin}`);
  const www = path.join(of.unpacked, 'usr/share/simplesamlphp/www');
  const php = spawn(
    path.join(bin, name),
    ['-c', path.join(of.folder, 'php.ini'), '-S', `127.0.0.1:${new URL(of.base).port}`, '-t', www],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        PHP_INI_SCAN_DIR: '',
        LD_LIBRARY_PATH: libraries(of.unpacked).join(':'),
        SIMPLESAMLPHP_CONFIG_DIR: of.folder,
      },
    },
  );
  const until = performance.now() + LONGEST_START_MS;
  while (!(await answers(of.base))) {
    if (php.exitCode !== null || performance.now() > until) {
      await stop(php);
      throw new Error('SimpleSAMLphp does not answer');
    }
    await sleep(50);
  }
  return php;
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}saml2/idp/metadata.php`).then(
    (response) => response.ok,
    () => false,
  );

const libraries = (unpacked: string): string[] =>
  ['lib', 'usr/lib'].flatMap((name) => {
    const lib = path.join(unpacked, name);
    return ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((machine) => path.join(lib, machine));
  });

async function stop(php: ChildProcess): Promise<void> {
  if (php.exitCode !== null || php.signalCode !== null) return;
  const ended = new Promise((resolve) => php.once('exit', resolve));
  php.kill();
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function phpSettings(unpacked: string, folder: string): string {
  const lib = path.join(unpacked, 'usr/lib/php');
  const modules = readdirSync(lib).find((name) => /^\d{8}$/.test(name)) ?? '';
  return [
    `extension_dir = "${path.join(lib, modules)}"`,
    ...EXTENSIONS.map((name) => `extension = ${name}`),
    'display_errors = Off',
    'log_errors = On',
    `error_log = "${folder}/log/php.log"`,
    `sys_temp_dir = "${folder}/tmp"`,
    // Debian's PHP cleans sessions up by a cron job, which is not here.
    `session.save_path = "${folder}/sessions"`,
    'date.timezone = UTC',
    'error_reporting = E_ALL & ~E_DEPRECATED',
  ].join('\n');
}

const configuration = (folder: string, base: string): string =>
  php('config', {
    baseurlpath: base,
    certdir: `${folder}/cert/`,
    loggingdir: `${folder}/log/`,
    datadir: `${folder}/data/`,
    tempdir: `${folder}/tmp`,
    metadatadir: `${folder}/metadata/`,
    attributenamemapdir: `${folder}/attributemap/`,
    secretsalt: 'for-tests-only',
    'auth.adminpassword': 'for-tests-only',
    technicalcontact_email: 'nobody@example.org',
    timezone: 'UTC',
    'logging.handler': 'file',
    'logging.logfile': 'simplesamlphp.log',
    'enable.saml20-idp': true,
    'module.enable': { exampleauth: true, core: true, saml: true },
    'session.cookie.secure': false,
    'session.cookie.samesite': 'Lax',
    'language.cookie.secure': false,
    'store.type': 'phpsession',
    'metadata.sources': [{ type: 'flatfile' }],
    'trusted.url.domains': [],
    production: true,
  });

const ourselves = (issuer: string, key: string): string =>
  php(`metadata['${issuer}']`, {
    host: '__DEFAULT__',
    privatekey: `${key}.key`,
    certificate: `${key}.crt`,
    auth: 'accounts',
    attributes_NameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    'signature.algorithm': RSA_SHA256,
    authproc: { 3: { class: 'saml:AttributeNameID', attribute: 'uid', Format: PERSISTENT } },
    logouttype: 'traditional',
  });

const sources = (accounts: Readonly<Record<string, Account>>): string =>
  php('config', {
    accounts: {
      0: 'exampleauth:UserPass',
      ...Object.fromEntries(
        Object.entries(accounts).map(([user, { password, attributes }]) => [
          `${user}:${password}`,
          attributes,
        ]),
      ),
    },
  });

/** Read by the provider's own reader of metadata; what is wanted beyond that is said here. */
const serviceProvider = (folder: string, { encryptsAssertions, audience }: TrustOptions): string => `<?php
$read = \\SimpleSAML\\Metadata\\SAMLParser::parseString(file_get_contents('${folder}/service-provider.xml'))->getMetadata20SP();
// As an administrator does who encrypts with the key that signs.
foreach ($read['keys'] as $at => $key) $read['keys'][$at]['encryption'] = true;
$metadata[$read['entityid']] = array_merge($read, ${phpValue({
  'validate.authnrequest': true,
  'validate.logout': true,
  'redirect.validate': true,
  'sign.logout': true,
  'redirect.sign': true,
  'saml20.sign.response': true,
  'saml20.sign.assertion': true,
  'assertion.encryption': encryptsAssertions ?? false,
  'signature.algorithm': RSA_SHA256,
  NameIDFormat: PERSISTENT,
  ...(audience === undefined ? {} : { audience: [audience] }),
})});
`;

/** A file of PHP that sets a variable. */
const php = (variable: string, value: Value): string => `<?php\n$${variable} = ${phpValue(value)};\n`;

type Value = string | boolean | readonly Value[] | { readonly [key: string]: Value };

function phpValue(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll(/['\\]/g, '\\$&')}'`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(phpValue).join(', ')}]`;
  return `[${Object.entries(value)
    .map(([key, child]) => `${/^\d+$/.test(key) ? key : phpValue(key)} => ${phpValue(child)}`)
    .join(', ')}]`;
}

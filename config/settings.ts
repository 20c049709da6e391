import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { StaffRole } from '../src/kernel/actor.ts';
import { sha256Hex } from '../src/platform/crypto/key-ring.ts';
import { belongTogether, type KeyPair } from '../src/platform/crypto/self-signed.ts';
import type { LogLevel } from '../src/platform/logger.ts';
import { keptMasterKey } from './master-key.ts';
import { readVariables, settingsError, type Variables } from './variables.ts';

/** All that can be set from outside, read once. */
export type Settings = {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  /** Nobody asked for this port or origin, so another one will do when it is taken. */
  readonly isPortMovable: boolean;
  readonly origin: string;
  readonly trustProxy: number;
  readonly dataDir: string;
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  readonly poolMax: number;
  /** Null: queues live in PostgreSQL. */
  readonly redisUrl: string | null;
  /** Null: mail goes to the built-in mailbox. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly masterKey: Uint8Array;
  readonly saml: SamlSettings;
  /** Null: no directory manages staff over SCIM. */
  readonly scim: {
    /** Of the token, hex: the token itself is kept nowhere. */
    readonly tokenSha256: string;
    readonly nameIdFrom: 'userName' | 'externalId';
  } | null;
  /** Must suppliers have a passkey or one-time codes, or may they? */
  readonly supplierSecondFactor: 'required' | 'offered';
  readonly developmentIdp: boolean;
  readonly demo: boolean;
  readonly logLevel: LogLevel;
};

/** The settings once the database runs: the given one, or the embedded one. */
export type RunningSettings = Settings & { readonly databaseUrl: string };

export type SamlSettings = {
  /** Null: staff sign in at the development identity provider, or not at all. */
  readonly idp: {
    readonly entryPoint: string;
    readonly issuer: string;
    /** PEM texts; more than one while a certificate is exchanged. */
    readonly certificates: readonly string[];
    readonly logoutUrl: string | null;
  } | null;
  /** The provider's metadata, XML, where they say it all instead. */
  readonly idpMetadata: string | null;
  /** Portico's own, the same on all web machines. Null: one kept in the data folder. */
  readonly keyPair: KeyPair | null;
  readonly signed: 'both' | 'response' | 'assertion';
  readonly entityId: string;
  readonly groupsAttribute: string;
  readonly rolesByGroup: Readonly<Record<string, StaffRole>>;
  /** Null: groups limit nobody to plants and categories; administrators do. */
  readonly scopeByGroup: { readonly plantPrefix: string; readonly categoryPrefix: string } | null;
};

const DEFAULT_PORT = 3000;

/**
 * Reads the environment into one frozen object.
 * @throws Error that names every wrong variable and says what to write
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  defaults: { dataDirDefault: string },
): Settings {
  const given = readVariables(env);
  const saml = hasProvider(given);
  const developmentIdp = given.DEVELOPMENT_IDP ?? (given.NODE_ENV !== 'production' && !saml);
  refuseHalfSaml(given);
  refuseScimAlone(given, { isAlone: !saml && !developmentIdp });
  if (given.NODE_ENV === 'production') refuseDevelopmentDefaults(given);
  const port = given.PORT ?? DEFAULT_PORT;
  const origin = new URL(given.ORIGIN ?? `http://localhost:${port}`).origin;
  const dataDir = path.resolve(given.DATA_DIR ?? defaults.dataDirDefault);
  return Object.freeze({
    environment: given.NODE_ENV,
    host: given.HOST,
    port,
    isPortMovable: given.PORT === undefined && given.ORIGIN === undefined && given.NODE_ENV !== 'production',
    origin,
    trustProxy: given.TRUST_PROXY,
    dataDir,
    databaseUrl: given.DATABASE_URL ?? null,
    poolMax: given.POOL_MAX,
    redisUrl: given.REDIS_URL ?? null,
    smtpUrl: given.SMTP_URL ?? null,
    mailFrom: given.MAIL_FROM,
    masterKey:
      given.MASTER_KEY === undefined ? keptMasterKey(dataDir) : Buffer.from(given.MASTER_KEY, 'base64'),
    saml: samlSettings(given, origin),
    scim: scimOf(given),
    supplierSecondFactor: secondFactorOf(given),
    developmentIdp,
    demo: given.DEMO ?? given.NODE_ENV === 'development',
    logLevel: given.LOG_LEVEL ?? (given.NODE_ENV === 'production' ? 'info' : 'warn'),
  });
}

/** The same settings on another port, when nobody asked for this one. */
export const movedTo = (settings: Settings, port: number): Settings => {
  const origin = `http://localhost:${port}`;
  const entityId = settings.saml.entityId.replace(settings.origin, origin);
  return Object.freeze({ ...settings, port, origin, saml: { ...settings.saml, entityId } });
};

/** The process's environment, with what `.env` in this folder adds to it. */
export function readEnvironment(folder: string): Readonly<Record<string, string | undefined>> {
  const file = path.join(folder, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/** The settings in words, without a secret in them. */
export function describeSettings(settings: Settings): { name: string; value: string }[] {
  return [
    { name: 'environment', value: settings.environment },
    { name: 'address', value: `${settings.origin} (listening on ${settings.host}:${settings.port})` },
    { name: 'reverse proxies', value: String(settings.trustProxy) },
    { name: 'data folder', value: settings.dataDir },
    { name: 'database', value: withoutSecrets(settings.databaseUrl) ?? 'embedded PostgreSQL' },
    { name: 'connections', value: `at most ${settings.poolMax} for pages, as many for the worker` },
    { name: 'job queues', value: withoutSecrets(settings.redisUrl) ?? 'in PostgreSQL' },
    { name: 'mail', value: withoutSecrets(settings.smtpUrl) ?? 'built-in mailbox' },
    { name: 'mail from', value: settings.mailFrom },
    { name: 'master key', value: `${settings.masterKey.length} bytes` },
    {
      name: 'staff sign in at',
      value: providerInWords(settings),
    },
    { name: 'staff by SCIM', value: settings.scim === null ? 'off' : `by ${settings.scim.nameIdFrom}` },
    { name: 'second factor of suppliers', value: settings.supplierSecondFactor },
    { name: 'demonstration', value: settings.demo ? 'on' : 'off' },
    { name: 'log level', value: settings.logLevel },
  ];
}

function withoutSecrets(address: string | null): string | null {
  if (address === null) return null;
  const url = new URL(address);
  return `${url.protocol}//${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}`;
}

const hasProvider = (given: Variables): boolean =>
  given.SAML_IDP_ENTRY_POINT !== undefined || given.SAML_IDP_METADATA_FILE !== undefined;

const scimOf = (given: Variables): Settings['scim'] =>
  given.SCIM_TOKEN === undefined
    ? null
    : { tokenSha256: sha256Hex(given.SCIM_TOKEN), nameIdFrom: given.SCIM_NAME_ID };

const secondFactorOf = (given: Variables): Settings['supplierSecondFactor'] =>
  given.SUPPLIER_SECOND_FACTOR ?? (given.NODE_ENV === 'production' ? 'required' : 'offered');

function providerInWords({ saml, developmentIdp }: Settings): string {
  if (saml.idp !== null) return saml.idp.issuer;
  if (saml.idpMetadata !== null) return 'the provider of its metadata';
  return developmentIdp ? 'the built-in identity provider' : 'nowhere';
}

function samlSettings(given: Variables, origin: string): SamlSettings {
  const { SAML_IDP_ENTRY_POINT: entryPoint, SAML_IDP_ISSUER: issuer } = given;
  return {
    idp:
      entryPoint === undefined || issuer === undefined
        ? null
        : {
            entryPoint,
            issuer,
            certificates: (given.SAML_IDP_CERTIFICATE_FILES ?? []).map((file) =>
              readPem('SAML_IDP_CERTIFICATE_FILES', file),
            ),
            logoutUrl: given.SAML_IDP_LOGOUT_URL ?? null,
          },
    idpMetadata:
      given.SAML_IDP_METADATA_FILE === undefined
        ? null
        : readText('SAML_IDP_METADATA_FILE', given.SAML_IDP_METADATA_FILE),
    keyPair: keyPairOf(given),
    signed: given.SAML_SIGNED,
    entityId: given.SAML_ENTITY_ID ?? `${origin}/saml/metadata`,
    groupsAttribute: given.SAML_GROUPS_ATTRIBUTE,
    rolesByGroup: given.SAML_ROLES,
    scopeByGroup:
      given.SAML_PLANT_GROUPS === '' && given.SAML_CATEGORY_GROUPS === ''
        ? null
        : { plantPrefix: given.SAML_PLANT_GROUPS, categoryPrefix: given.SAML_CATEGORY_GROUPS },
  };
}

function keyPairOf(given: Variables): KeyPair | null {
  const { SAML_SP_KEY_FILE: keyFile, SAML_SP_CERTIFICATE_FILE: certificateFile } = given;
  if (keyFile === undefined && certificateFile === undefined) return null;
  if (keyFile === undefined || certificateFile === undefined)
    throw settingsError(['SAML_SP_KEY_FILE: write it together with SAML_SP_CERTIFICATE_FILE, or neither']);
  const pair = {
    privateKey: readPem('SAML_SP_KEY_FILE', keyFile, 'PRIVATE KEY'),
    certificate: readPem('SAML_SP_CERTIFICATE_FILE', certificateFile),
  };
  if (belongTogether(pair)) return pair;
  throw settingsError(['SAML_SP_CERTIFICATE_FILE: write the certificate that belongs to SAML_SP_KEY_FILE']);
}

function readText(variable: string, file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw settingsError([`${variable}: write the path of a file; there is none at ${file}`]);
}

function readPem(variable: string, file: string, kind = 'CERTIFICATE'): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (text.includes(`-----BEGIN ${kind}-----`)) return text;
  throw settingsError([`${variable}: write PEM files; ${file} is none`]);
}

function refuseScimAlone(given: Variables, { isAlone }: { isAlone: boolean }): void {
  if (isAlone && given.SCIM_TOKEN !== undefined)
    throw settingsError([
      'SCIM_TOKEN: write SAML_IDP_ENTRY_POINT too: people sign in where they are managed',
    ]);
}

function refuseHalfSaml(given: Variables): void {
  const parts = ['SAML_IDP_ENTRY_POINT', 'SAML_IDP_ISSUER', 'SAML_IDP_CERTIFICATE_FILES'] as const;
  const missing = parts.filter((part) => given[part] === undefined);
  if (given.SAML_IDP_METADATA_FILE !== undefined) {
    const twice = [...parts, 'SAML_IDP_LOGOUT_URL' as const].filter((part) => given[part] !== undefined);
    if (twice.length === 0) return;
    throw settingsError(twice.map((part) => `${part}: leave it out: SAML_IDP_METADATA_FILE says it`));
  }
  if (missing.length === 0 || missing.length === parts.length) return;
  throw settingsError(missing.map((part) => `${part}: write it too: the SAML_IDP_ variables go together`));
}

// What helps to try Portico would in production be a hole or a loss.
function refuseDevelopmentDefaults(given: Variables): void {
  const problems = [
    given.ORIGIN?.startsWith('https:') ? '' : 'ORIGIN: write the https:// address that browsers use',
    given.DATABASE_URL
      ? ''
      : 'DATABASE_URL: write the address of your PostgreSQL; the embedded one is for trying',
    given.SMTP_URL ? '' : 'SMTP_URL: write the address of your mail server',
    given.MAIL_FROM.endsWith('@localhost>') ? 'MAIL_FROM: write the sender that your mail server allows' : '',
    given.MASTER_KEY ? '' : 'MASTER_KEY: write 32 random bytes in base64: openssl rand -base64 32',
    hasProvider(given) ? '' : 'SAML_IDP_ENTRY_POINT: write where staff sign in',
    given.DEMO ? 'DEMO: leave it off: everybody knows its passwords' : '',
    given.DEVELOPMENT_IDP ? 'DEVELOPMENT_IDP: leave it off: anybody could sign in as anybody' : '',
  ].filter((problem) => problem !== '');
  if (problems.length > 0) throw settingsError(problems);
}

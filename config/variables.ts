import path from 'node:path';
import { z } from 'zod';
import { type StaffRole, staffRoles } from '../src/kernel/actor.ts';

const url = (...schemes: string[]) =>
  z
    .string()
    .refine((value) => schemes.some((scheme) => URL.canParse(value) && value.startsWith(`${scheme}:`)), {
      error: `write an address that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    });

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most, {
      error: `write a whole number from ${least} to ${most}`,
    })
    .transform(Number);

const onOff = z.enum(['on', 'off'], { error: 'write on or off' }).transform((value) => value === 'on');

const oneOf = <T extends string>(...values: readonly [T, ...T[]]) =>
  z.enum(values, { error: `write ${values.join(', ')}` });

/** Every environment variable Portico knows, a line each: how it is read, its default, what it means. */
export const variables = {
  NODE_ENV: oneOf('development', 'test', 'production')
    .default('development')
    .describe('production refuses what is only good for trying Portico'),
  HOST: z.string().max(253).default('127.0.0.1').describe('address to listen on; 0.0.0.0 in the image'),
  PORT: wholeNumber(1, 65_535)
    .optional()
    .describe('TCP port to listen on; default 3000, or the next free one outside production'),
  ORIGIN: url('https', 'http')
    .optional()
    .describe('how browsers reach Portico, used in every link; default http://localhost:PORT'),
  TRUST_PROXY: wholeNumber(0, 10).default(0).describe('how many reverse proxies stand in front; default 0'),
  DATA_DIR: z
    .string()
    .max(1000)
    .optional()
    .describe('folder for files, the embedded PostgreSQL and the master key; default .portico'),
  DATABASE_URL: url('postgres', 'postgresql')
    .optional()
    .describe('PostgreSQL 16 or newer; without it the embedded one starts'),
  POOL_MAX: wholeNumber(2, 200)
    .default(20)
    .describe('connections for pages at most, and as many again for the worker; default 20'),
  REDIS_URL: url('redis', 'rediss')
    .optional()
    .describe('job queues on Redis; without it they live in PostgreSQL'),
  SMTP_URL: url('smtp', 'smtps')
    .optional()
    .describe('mail server; without it mail goes to the built-in mailbox'),
  MAIL_FROM: z
    .string()
    .max(320)
    .default('Portico <portico@localhost>')
    .describe('sender of all mail: Name <address>'),
  MASTER_KEY: z
    .base64({ error: 'write base64' })
    .refine((value) => Buffer.from(value, 'base64').length >= 32, {
      error: 'write 32 or more random bytes in base64: openssl rand -base64 32',
    })
    .optional()
    .describe('seals bids and secrets; outside production made once and kept in DATA_DIR/master.key'),
  SAML_IDP_ENTRY_POINT: url('https', 'http')
    .optional()
    .describe("the identity provider's single sign-on address (HTTP-Redirect)"),
  SAML_IDP_ISSUER: z.string().max(1024).optional().describe("the identity provider's entity id"),
  SAML_IDP_CERTIFICATE_FILES: list()
    .optional()
    .describe('PEM files of its signing certificates, comma between; two while one is exchanged'),
  SAML_IDP_METADATA_FILE: z
    .string()
    .max(1000)
    .optional()
    .describe("the identity provider's metadata, in place of the SAML_IDP_ variables that say the same"),
  SAML_IDP_LOGOUT_URL: url('https', 'http')
    .optional()
    .describe('where signing out goes on to; default: only Portico signs out'),
  SAML_SIGNED: oneOf('both', 'response', 'assertion')
    .default('both')
    .describe('which signatures must be there: both, response (Google) or assertion (Entra)'),
  SAML_ENTITY_ID: z
    .string()
    .max(1024)
    .optional()
    .describe("Portico's own entity id; default ORIGIN/saml/metadata"),
  SAML_SP_KEY_FILE: z
    .string()
    .max(1000)
    .optional()
    .describe(
      "PEM file of Portico's own private key; default: made once and kept in DATA_DIR, for one web machine",
    ),
  SAML_SP_CERTIFICATE_FILE: z
    .string()
    .max(1000)
    .optional()
    .describe('PEM file of the certificate that belongs to SAML_SP_KEY_FILE'),
  SAML_GROUPS_ATTRIBUTE: z
    .string()
    .max(300)
    .default('groups')
    .describe('attribute that carries the groups of a user'),
  SAML_ROLES: groupRoles()
    .default({})
    .describe('which group has which role: purchasing=buyer,controlling=finance'),
  SAML_PLANT_GROUPS: z
    .string()
    .max(100)
    .default('')
    .describe(
      "how the groups begin that limit somebody to a plant, e.g. portico-plant- for portico-plant-QD01; with it, plants are the directory's to say",
    ),
  SAML_CATEGORY_GROUPS: z
    .string()
    .max(100)
    .default('')
    .describe('the same for categories, e.g. portico-category-'),
  SCIM_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{32,512}$/, { error: 'write 32 or more random characters: openssl rand -base64 32' })
    .optional()
    .describe('token by which the directory manages staff at ORIGIN/scim/v2; without it SCIM is off'),
  SCIM_NAME_ID: oneOf('userName', 'externalId')
    .default('userName')
    .describe("which of the directory's names is the NameID of its SAML responses; default userName"),
  SUPPLIER_SECOND_FACTOR: oneOf('required', 'offered')
    .optional()
    .describe(
      'must suppliers have a passkey or one-time codes; default required in production, else offered',
    ),
  DEVELOPMENT_IDP: onOff
    .optional()
    .describe(
      'built-in identity provider where everybody may sign in; default on without SAML_IDP_*, never in production',
    ),
  DEMO: onOff
    .optional()
    .describe('load the demonstration company into an empty database; default on in development'),
  LOG_LEVEL: oneOf('info', 'debug', 'warn', 'error', 'silent')
    .optional()
    .describe('least severity that is logged; default info in production, else warn'),
};

export type Variables = z.infer<z.ZodObject<typeof variables>>;

/**
 * Reads the variables; an empty one counts as not set.
 * @throws Error that names every wrong variable and says what to write
 */
export function readVariables(env: Readonly<Record<string, string | undefined>>): Variables {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = z.object(variables).safeParse(given);
  if (result.success) return result.data;
  throw settingsError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** One error for all that is wrong, so that it can be put right in one go. Values are not shown: some are secret. */
export const settingsError = (problems: readonly string[]): Error =>
  new Error(['These settings are wrong:', ...problems.map((problem) => `  ${problem}`)].join('\n'));

function list() {
  return z.string().transform((value) => value.split(',').map((file) => path.resolve(file.trim())));
}

function groupRoles() {
  return z.string().transform((value, context): Readonly<Record<string, StaffRole>> => {
    const roles = new Map<string, StaffRole>();
    for (const pair of value.split(',')) {
      const [group, name] = pair.split('=').map((part) => part.trim());
      const role = staffRoles.find((known) => known === name);
      if (!group || role === undefined) {
        context.addIssue(`write group=role, comma between; roles are ${staffRoles.join(', ')}`);
        return z.NEVER;
      }
      roles.set(group, role);
    }
    return Object.fromEntries(roles);
  });
}

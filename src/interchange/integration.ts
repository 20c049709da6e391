import { createHash, randomBytes } from 'node:crypto';

/** What a program may do here. */
export const integrationScopes = [
  'requisitions.write',
  'requisitions.read',
  'forecasts.write',
  'forecasts.read',
] as const;
export type IntegrationScope = (typeof integrationScopes)[number];

/** A program of ours that writes to the portal. Its token is known by its hash alone. */
export type Integration = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly IntegrationScope[];
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
};

/** A program that holds a valid token, and what it may do. */
export type Admitted = Pick<Integration, 'id' | 'name' | 'scopes'>;

/** A new token of 256 bits; the prefix lets people and scanners know what it is. */
export const newToken = (): string => `portico_${randomBytes(32).toString('base64url')}`;

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The token in an Authorization header, or null. */
export const tokenIn = (header: string | undefined): string | null =>
  /^Bearer ([\x21-\x7e]{32,512})$/i.exec(header ?? '')?.[1] ?? null;

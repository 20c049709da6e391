import { X509Certificate } from 'node:crypto';
import { type SamlConfig, ValidateInResponseTo } from '@node-saml/passport-saml';
import { belongTogether, type KeyPair } from '../../platform/crypto/self-signed.ts';
import type { ScopeOfGroups } from '../scope/scope.ts';
import type { RolesByGroup } from '../user.ts';
import type { Expected } from './belt.ts';
import { PERSISTENT } from './names.ts';

/** The identity provider staff sign in at. */
export type IdentityProvider = {
  /** Its entity id. */
  readonly issuer: string;
  readonly entryPoint: string;
  /** PEM; two while one is exchanged for the next. */
  readonly certificates: readonly string[];
  /** Null: signing out ends our session only. */
  readonly logoutUrl: string | null;
};

export type SamlSettings = {
  readonly origin: string;
  /** Our own entity id. */
  readonly entityId: string;
  readonly idp: IdentityProvider;
  /** Signs our requests. */
  readonly keyPair: KeyPair;
  /** Which signatures must be there; Entra signs assertions only, Google responses only. */
  readonly signed: 'both' | 'response' | 'assertion';
  readonly groupsAttribute: string;
  readonly rolesByGroup: RolesByGroup;
  /** How groups limit somebody to plants and categories; not given: they do not. */
  readonly scopeByGroup?: ScopeOfGroups;
};

const MINUTE_MS = 60_000;

export const acsUrlOf = (settings: Pick<SamlSettings, 'origin'>): string => `${settings.origin}/saml/acs`;
export const sloUrlOf = (settings: Pick<SamlSettings, 'origin'>): string => `${settings.origin}/saml/slo`;

/**
 * Refuses to run with an identity provider that could not be checked.
 * @throws Error at start-up: no certificate, more than two, one that cannot be read, or a key pair that is none
 */
export function assertSamlSettings(settings: SamlSettings): void {
  const { certificates } = settings.idp;
  if (certificates.length === 0) throw new Error('SAML: the identity provider has no certificate');
  if (certificates.length > 2) throw new Error('SAML: at most two certificates of the identity provider');
  for (const certificate of certificates)
    if (new X509Certificate(certificate).publicKey.asymmetricKeyType !== 'rsa')
      throw new Error('SAML: the certificate of the identity provider must hold an RSA key');
  if (!belongTogether(settings.keyPair))
    throw new Error('SAML: our key and certificate do not belong together');
}

/** What our own checks expect of a response. */
export const expectedOf = (settings: SamlSettings): Expected => ({
  acsUrl: acsUrlOf(settings),
  idpEntityId: settings.idp.issuer,
  wantResponseSigned: settings.signed !== 'assertion',
  wantAssertionSigned: settings.signed !== 'response',
});

/** The library's options: every default that is too lenient is stated. */
export function libraryOptions(settings: SamlSettings): SamlConfig {
  const expected = expectedOf(settings);
  return {
    issuer: settings.entityId,
    audience: settings.entityId,
    callbackUrl: expected.acsUrl,
    entryPoint: settings.idp.entryPoint,
    logoutUrl: settings.idp.logoutUrl ?? settings.idp.entryPoint,
    logoutCallbackUrl: sloUrlOf(settings),
    idpCert: [...settings.idp.certificates],
    idpIssuer: settings.idp.issuer,
    privateKey: settings.keyPair.privateKey,
    publicCert: settings.keyPair.certificate,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    wantAuthnResponseSigned: expected.wantResponseSigned,
    wantAssertionsSigned: expected.wantAssertionSigned,
    validateInResponseTo: ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: 15 * MINUTE_MS,
    acceptedClockSkewMs: MINUTE_MS / 2,
    maxAssertionAgeMs: 5 * MINUTE_MS,
    identifierFormat: PERSISTENT,
    disableRequestedAuthnContext: true,
    allowCreate: false,
  };
}

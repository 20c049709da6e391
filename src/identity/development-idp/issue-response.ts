import { randomBytes } from 'node:crypto';
import type { KeyPair } from '../../platform/crypto/self-signed.ts';
import { PERSISTENT } from '../saml/names.ts';

/** Whoever signs in, as its company's directory knows it. */
export type Identity = {
  readonly nameId: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
};

/** Makes a response that is signed as a whole and in its assertion, by RSA-SHA256. */
export async function issueResponse(of: {
  identity: Identity;
  issuer: string;
  keyPair: KeyPair;
  audience: string;
  acsUrl: string;
  requestId: string;
}): Promise<string> {
  const { default: samlp } = await import('samlp');
  const { identity, keyPair } = of;
  const mapper = {
    getClaims: () => ({ displayName: identity.name, email: identity.email, groups: identity.groups }),
    getNameIdentifier: () => ({ nameIdentifier: identity.nameId, nameIdentifierFormat: PERSISTENT }),
  };
  const options = {
    issuer: of.issuer,
    key: keyPair.privateKey,
    cert: keyPair.certificate,
    audience: of.audience,
    recipient: of.acsUrl,
    destination: of.acsUrl,
    inResponseTo: of.requestId,
    sessionIndex: `_${randomBytes(16).toString('hex')}`,
    signResponse: true,
    signAssertion: true,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    lifetimeInSeconds: 300,
    includeAttributeNameFormat: true,
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    // The library asks the mapper itself for a static list as well.
    profileMapper: Object.assign(() => mapper, { metadata: [] }),
  };
  return new Promise((resolve, reject) => {
    samlp.getSamlResponse(options, identity, (error, xml) =>
      error === null && xml !== undefined ? resolve(xml) : reject(error ?? new Error('No response was made')),
    );
  });
}

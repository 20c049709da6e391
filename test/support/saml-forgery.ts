import { SignedXml } from 'xml-crypto';
import type { KeyPair } from '../../src/platform/crypto/self-signed.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = `${DSIG}enveloped-signature`;
const SHA256 = {
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
};
export const SHA1 = { signature: `${DSIG}rsa-sha1`, digest: `${DSIG}sha1` };

const ASSERTION = "/*[local-name(.)='Response']/*[local-name(.)='Assertion']";
const RESPONSE = "/*[local-name(.)='Response']";

/** Takes a part of a message out. */
export const without = (xml: string, pattern: RegExp): string => {
  const changed = xml.replace(pattern, '');
  if (changed === xml) throw new Error(`There is no ${pattern.source} to take out`);
  return changed;
};

/** Changes a part of a message; a change that changes nothing would prove nothing. */
export const changed = (xml: string, from: string | RegExp, to: string): string => {
  const result = xml.replace(from, to);
  if (result === xml) throw new Error(`There is no ${String(from)} to change`);
  return result;
};

const SIGNATURE = /<(?:\w+:)?Signature xmlns.*?<\/(?:\w+:)?Signature>/g;
export const unsigned = (xml: string): string => without(xml, SIGNATURE);

/** The whole assertion of a response. */
export const assertionOf = (xml: string): string =>
  /<saml:Assertion .*<\/saml:Assertion>/.exec(xml)?.[0] ?? '';

type Signing = { keyPair: KeyPair; algorithms?: typeof SHA256 };

/** Signs assertion and response anew, as the identity provider itself would sign what it meant to say. */
export const resigned = (xml: string, by: Signing): string =>
  signedAt(RESPONSE, signedAt(ASSERTION, unsigned(xml), by), by);

/** Signs one of the two. */
export const signedOnly = (part: 'response' | 'assertion', xml: string, by: Signing): string =>
  signedAt(part === 'response' ? RESPONSE : ASSERTION, unsigned(xml), by);

function signedAt(xpath: string, xml: string, { keyPair, algorithms = SHA256 }: Signing): string {
  const signer = new SignedXml({
    privateKey: keyPair.privateKey,
    publicCert: keyPair.certificate,
    signatureAlgorithm: algorithms.signature,
    canonicalizationAlgorithm: C14N,
    idAttribute: 'ID',
  });
  signer.addReference({ xpath, transforms: [ENVELOPED, C14N], digestAlgorithm: algorithms.digest });
  signer.computeSignature(xml, {
    location: { reference: `${xpath}/*[1]`, action: 'after' },
  });
  return signer.getSignedXml();
}

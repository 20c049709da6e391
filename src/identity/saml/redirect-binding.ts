import { sign, verify } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { issuerOf, xmlLimits } from './belt.ts';
import { PROTOCOL } from './names.ts';
import { refuse } from './refuse.ts';
import { type Element, readXml } from './xml-tree.ts';

const FIELDS = new Set(['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature']);
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const MOST_QUERY = 16 * 1024;
const MOST_XML = 64 * 1024;

/** Whose signed message is expected where. */
export type Sender = {
  readonly issuer: string;
  readonly certificates: readonly string[];
  readonly destination: string;
  /** Element names, e.g. `LogoutRequest`. */
  readonly messages: readonly string[];
};
export type RedirectMessage = {
  readonly fields: Readonly<Record<string, string>>;
  readonly root: Element;
};

/**
 * Reads a signed message that came in an address. The SAML library takes an unsigned one for a good one,
 * inflates without end and finds the signed fields by looking for their names anywhere.
 * @throws AppError `sign-in.response-refused` with `reason`
 */
export function readRedirectMessage(rawQuery: string, sender: Sender): RedirectMessage {
  if (rawQuery.length > MOST_QUERY) refuse('too-large');
  const raw = new Map<string, string>();
  for (const part of rawQuery.split('&')) {
    const [name = '', value = ''] = part.split('=', 2);
    if (!FIELDS.has(name) || raw.has(name)) refuse('malformed');
    raw.set(name, value);
  }
  if (raw.has('SAMLRequest') === raw.has('SAMLResponse')) refuse('malformed');
  const fields = Object.fromEntries(new URLSearchParams(rawQuery));
  checkSignature(raw, { fields, certificates: sender.certificates });
  const root = readXml(inflate(fields['SAMLRequest'] ?? fields['SAMLResponse'] ?? ''), xmlLimits);
  if (root.namespace !== PROTOCOL || !sender.messages.includes(root.name)) refuse('malformed');
  if (root.attributes.get('Destination') !== sender.destination) refuse('wrong-destination');
  if (issuerOf(root) !== sender.issuer) refuse('wrong-issuer');
  return { fields, root };
}

/** @source SAML 2.0 Bindings, section 3.4.4.1: what is signed is the query as it was sent. */
function checkSignature(
  raw: ReadonlyMap<string, string>,
  by: { fields: Readonly<Record<string, string>>; certificates: readonly string[] },
): void {
  const given = by.fields['Signature'] ?? '';
  if (given === '') refuse('not-signed');
  if (by.fields['SigAlg'] !== RSA_SHA256) refuse('weak-algorithm');
  const signed = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&');
  const signature = Buffer.from(given, 'base64');
  if (!by.certificates.some((key) => verify('sha256', Buffer.from(signed), key, signature)))
    refuse('bad-signature');
}

function inflate(deflated: string): string {
  try {
    return inflateRawSync(Buffer.from(deflated, 'base64'), { maxOutputLength: MOST_XML }).toString('utf8');
  } catch {
    return refuse('malformed');
  }
}

/** An address that carries a signed message. */
export function redirectUrl(
  to: string,
  message: { field: 'SAMLRequest' | 'SAMLResponse'; xml: string; relayState: string; privateKey: string },
): string {
  const query = new URLSearchParams({ [message.field]: deflateRawSync(message.xml).toString('base64') });
  if (message.relayState !== '') query.set('RelayState', message.relayState);
  query.set('SigAlg', RSA_SHA256);
  query.set(
    'Signature',
    sign('sha256', Buffer.from(query.toString()), message.privateKey).toString('base64'),
  );
  return `${to}?${query.toString()}`;
}

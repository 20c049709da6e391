import {
  ASSERTION,
  digestMethods,
  ENVELOPED,
  EXCLUSIVE_C14N,
  PROTOCOL,
  SIGNATURE,
  SUCCESS,
  signatureMethods,
} from './names.ts';
import { refuse } from './refuse.ts';
import { childrenNamed, type Element, everyElement, onlyChild, readXml } from './xml-tree.ts';

/** What a response must say to be meant for us. */
export type Expected = {
  readonly acsUrl: string;
  readonly idpEntityId: string;
  readonly wantResponseSigned: boolean;
  readonly wantAssertionSigned: boolean;
};

/** A response that may go on to the library. */
export type Checked = { readonly samlResponse: string; readonly requestId: string };

const MOST_BASE64 = 64 * 1024;
export const xmlLimits = { tags: 2_000, depth: 30, namespaces: 100 };

/**
 * Everything about a posted response that can be refused before its signatures are checked, and that the
 * SAML library leaves out. Gives it with the id of the request it answers.
 * @throws AppError `sign-in.response-refused` with `reason`
 */
export function checkBeforeSignatures(samlResponse: unknown, expected: Expected): Checked {
  const posted = asText(samlResponse);
  const response = readXml(decodeResponse(posted), xmlLimits);
  const assertion = onlyAssertionIn(response);
  checkIds(response);
  checkSignatures(response, assertion, expected);
  if (response.attributes.get('Destination') !== expected.acsUrl) refuse('wrong-destination');
  if (statusOf(response) !== SUCCESS) refuse('not-successful');
  for (const issued of [response, assertion])
    if (issuerOf(issued) !== expected.idpEntityId) refuse('wrong-issuer');
  const requestId = response.attributes.get('InResponseTo') ?? '';
  if (requestId === '') refuse('not-asked-for');
  return { samlResponse: posted, requestId };
}

const asText = (posted: unknown): string =>
  typeof posted === 'string' && posted !== '' ? posted : refuse('missing');

function decodeResponse(samlResponse: string): string {
  if (samlResponse.length > MOST_BASE64) refuse('too-large');
  if (!/^[A-Za-z0-9+/\r\n]+={0,2}[\r\n]*$/.test(samlResponse)) refuse('malformed');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(samlResponse, 'base64'),
    );
  } catch {
    return refuse('malformed');
  }
}

/** Exactly one assertion anywhere, and it stands where the library looks for it. */
function onlyAssertionIn(response: Element): Element {
  if (response.name !== 'Response' || response.namespace !== PROTOCOL) refuse('not-a-response');
  if (response.attributes.get('Version') !== '2.0') refuse('not-a-response');
  const all = [...everyElement(response)];
  if (all.some((element) => element.name === 'EncryptedAssertion')) refuse('encrypted');
  if (all.filter((element) => element.name === 'Response').length !== 1) refuse('several-assertions');
  const [assertion, ...more] = all.filter((element) => element.name === 'Assertion');
  if (assertion === undefined)
    return refuse(statusOf(response) === SUCCESS ? 'no-assertion' : 'not-successful');
  if (more.length > 0) refuse('several-assertions');
  if (assertion.parent !== response || assertion.namespace !== ASSERTION) refuse('several-assertions');
  return assertion;
}

/** No two elements share an id, in whatever spelling: a signature must mean one element. */
function checkIds(response: Element): void {
  const ids = [...everyElement(response)].flatMap((element) =>
    [...element.attributes].filter(([name]) => /(^|:)id$/i.test(name)).map(([, value]) => value),
  );
  if (new Set(ids).size !== ids.length) refuse('repeated-id');
}

function checkSignatures(response: Element, assertion: Element, expected: Expected): void {
  const signatures = [...everyElement(response)].filter((element) => element.name === 'Signature');
  const signed = signatures.map((signature) => signature.parent);
  if (signed.some((parent) => parent !== response && parent !== assertion)) refuse('signature-misplaced');
  if (new Set(signed).size !== signed.length) refuse('signature-misplaced');
  for (const signature of signatures) checkSignature(signature);
  if (expected.wantResponseSigned && !signed.includes(response)) refuse('response-not-signed');
  if (expected.wantAssertionSigned && !signed.includes(assertion)) refuse('assertion-not-signed');
  if (signatures.length === 0) refuse('not-signed');
}

/** One reference to the parent itself, digested and signed by what we accept, and nothing smuggled in. */
function checkSignature(signature: Element): void {
  const ds = (element: Element, name: string) =>
    onlyChild(element, { namespace: SIGNATURE, name, orRefuse: 'signature-malformed' });
  const algorithm = (element: Element) => element.attributes.get('Algorithm') ?? '';
  if (signature.namespace !== SIGNATURE) refuse('signature-misplaced');
  if ([...everyElement(signature)].some((element) => element.name === 'Object'))
    refuse('signature-malformed');
  const info = ds(signature, 'SignedInfo');
  const reference = ds(info, 'Reference');
  if (reference.attributes.get('URI') !== `#${signature.parent?.attributes.get('ID') ?? ''}`)
    refuse('signature-of-another');
  if (algorithm(ds(info, 'CanonicalizationMethod')) !== EXCLUSIVE_C14N) refuse('weak-algorithm');
  if (!signatureMethods.has(algorithm(ds(info, 'SignatureMethod')))) refuse('weak-algorithm');
  if (!digestMethods.has(algorithm(ds(reference, 'DigestMethod')))) refuse('weak-algorithm');
  const transforms = childrenNamed(ds(reference, 'Transforms'), SIGNATURE, 'Transform').map(algorithm);
  if (transforms.join(' ') !== `${ENVELOPED} ${EXCLUSIVE_C14N}`) refuse('signature-malformed');
}

const statusOf = (response: Element): string => {
  const status = onlyChild(response, { namespace: PROTOCOL, name: 'Status', orRefuse: 'not-successful' });
  const code = onlyChild(status, { namespace: PROTOCOL, name: 'StatusCode', orRefuse: 'not-successful' });
  return code.attributes.get('Value') ?? '';
};

/** Who issued a response or an assertion; it must say so. */
export function issuerOf(element: Element): string {
  const issuer = onlyChild(element, { namespace: ASSERTION, name: 'Issuer', orRefuse: 'wrong-issuer' });
  return issuer.children.length > 0 ? refuse('wrong-issuer') : issuer.text;
}

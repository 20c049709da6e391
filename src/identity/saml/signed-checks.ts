import { issuerOf, xmlLimits } from './belt.ts';
import { ASSERTION, BEARER, TRANSIENT } from './names.ts';
import { refuse } from './refuse.ts';
import { childrenNamed, type Element, onlyChild, readXml } from './xml-tree.ts';

/** What a verified assertion says; the attributes by name, each with its values. */
export type SignedAssertion = {
  readonly id: string;
  readonly issuer: string;
  readonly nameId: string;
  readonly nameIdFormat: string;
  readonly sessionIndex: string | null;
  /** When the provider last asked the person to prove itself, as it wrote it. */
  readonly authnInstant: string | null;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
};

/** Names that a careless reader could take for its own fields. */
const RESERVED = new Set(
  `__proto__ constructor prototype hasOwnProperty toString valueOf nameID nameIDFormat nameQualifier spNameQualifier
  issuer inResponseTo sessionIndex ID attributes getAssertion getAssertionXml getSamlResponseXml`.split(
    /\s+/,
  ),
);
const MOST_NAME_ID = 256;

/**
 * Reads the bytes that the identity provider signed, and only those. That its times are right is the
 * library's to check, against the process's own clock as the standard's skew is; that it has them is ours.
 * @throws AppError `sign-in.response-refused` with `reason`
 */
export function readSignedAssertion(
  signedXml: string,
  expected: { acsUrl: string; idpEntityId: string; audience: string; requestId: string },
): SignedAssertion {
  const assertion = readXml(signedXml, xmlLimits);
  if (assertion.name !== 'Assertion' || assertion.namespace !== ASSERTION) refuse('no-assertion');
  const id = assertion.attributes.get('ID') ?? '';
  if (id === '' || assertion.attributes.get('Version') !== '2.0') refuse('no-assertion');
  if (issuerOf(assertion) !== expected.idpEntityId) refuse('wrong-issuer');
  const subject = only(assertion, 'Subject', 'no-subject');
  checkConfirmation(subject, expected);
  checkConditions(assertion, expected.audience);
  const nameId = only(subject, 'NameID', 'no-name-id');
  const statement = only(assertion, 'AuthnStatement', 'no-authentication').attributes;
  return {
    id,
    issuer: expected.idpEntityId,
    nameId: nameIdIn(nameId),
    nameIdFormat: formatOf(nameId),
    sessionIndex: statement.get('SessionIndex') ?? null,
    authnInstant: statement.get('AuthnInstant') ?? null,
    attributes: attributesOf(assertion),
  };
}

const only = (element: Element, name: string, orRefuse: string): Element =>
  onlyChild(element, { namespace: ASSERTION, name, orRefuse });

/** The bearer of this assertion may use it here, now, as the answer to our request, and no one else may. */
function checkConfirmation(subject: Element, expected: { acsUrl: string; requestId: string }): void {
  const confirmation = only(subject, 'SubjectConfirmation', 'not-bearer');
  if (confirmation.attributes.get('Method') !== BEARER) refuse('not-bearer');
  const { attributes } = only(confirmation, 'SubjectConfirmationData', 'not-bearer');
  if (attributes.get('Recipient') !== expected.acsUrl) refuse('wrong-recipient');
  if (attributes.get('InResponseTo') !== expected.requestId) refuse('not-asked-for');
  if (!attributes.has('NotOnOrAfter') || attributes.has('NotBefore')) refuse('no-time-limit');
}

function checkConditions(assertion: Element, audience: string): void {
  const conditions = only(assertion, 'Conditions', 'no-time-limit');
  if (!conditions.attributes.has('NotOnOrAfter')) refuse('no-time-limit');
  const restriction = only(conditions, 'AudienceRestriction', 'wrong-audience');
  const audiences = childrenNamed(restriction, ASSERTION, 'Audience').map((element) => element.text);
  if (!audiences.includes(audience)) refuse('wrong-audience');
}

function nameIdIn(element: Element): string {
  const value = element.text;
  if (value.trim() === '' || element.children.length > 0 || value.length > MOST_NAME_ID)
    return refuse('no-name-id');
  return value;
}

/** A name that changes at each sign-in names nobody. */
function formatOf(nameId: Element): string {
  const format = nameId.attributes.get('Format') ?? '';
  return format === TRANSIENT ? refuse('transient-name-id') : format;
}

function attributesOf(assertion: Element): Map<string, string[]> {
  const attributes = new Map<string, string[]>();
  for (const statement of childrenNamed(assertion, ASSERTION, 'AttributeStatement'))
    for (const attribute of childrenNamed(statement, ASSERTION, 'Attribute')) {
      const name = attribute.attributes.get('Name') ?? '';
      if (name === '' || RESERVED.has(name)) refuse('reserved-attribute');
      const values = childrenNamed(attribute, ASSERTION, 'AttributeValue').map((value) => value.text);
      attributes.set(name, [...(attributes.get(name) ?? []), ...values]);
    }
  return attributes;
}

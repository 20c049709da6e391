import { AppError } from '../../kernel/errors.ts';
import { HTTP_REDIRECT, SIGNATURE } from './names.ts';
import { childrenNamed, type Element, everyElement, readXml } from './xml-tree.ts';

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
/** A file that an administrator put there may be longer than a message: Entra's tells of much that is not SAML. */
const LIMITS = { tags: 20_000, depth: 30, namespaces: 1_000 };

/** The identity provider as its own metadata describe it. */
export type DescribedProvider = {
  readonly issuer: string;
  readonly entryPoint: string;
  readonly logoutUrl: string | null;
  /** PEM, each once. */
  readonly certificates: readonly string[];
};

/**
 * Reads an identity provider's metadata: its entity id, where requests and logouts go by redirect, and every
 * certificate it signs with.
 * @throws Error that says what is wrong with the file
 * @source SAML 2.0 Metadata, sections 2.3 and 2.4
 */
export function readProviderMetadata(xml: string): DescribedProvider {
  const providers = [...everyElement(readOrSay(xml))].filter(
    (element) => element.name === 'IDPSSODescriptor' && element.namespace === METADATA,
  );
  const [provider, ...more] = providers;
  if (provider === undefined || more.length > 0)
    throw new Error('write the metadata of one identity provider (one IDPSSODescriptor)');
  const issuer = provider.parent?.attributes.get('entityID') ?? '';
  const entryPoint = redirectTo(provider, 'SingleSignOnService');
  const certificates = certificatesOf(provider);
  if (issuer === '') throw new Error('there is no entityID in it');
  if (entryPoint === null) throw new Error('there is no SingleSignOnService for HTTP-Redirect in it');
  if (certificates.length === 0) throw new Error('there is no signing certificate in it');
  return { issuer, entryPoint, logoutUrl: redirectTo(provider, 'SingleLogoutService'), certificates };
}

function readOrSay(xml: string): Element {
  try {
    return readXml(
      xml
        .replace(/^\uFEFF/, '')
        .replaceAll(/<!--[\s\S]*?-->/g, '')
        .trim(),
      LIMITS,
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new Error(`it cannot be read as metadata (${String(error.params['reason'])})`, { cause: error });
  }
}

function redirectTo(provider: Element, name: string): string | null {
  const service = childrenNamed(provider, METADATA, name).find(
    (one) => one.attributes.get('Binding') === HTTP_REDIRECT,
  );
  const location = service?.attributes.get('Location') ?? '';
  return /^https?:/.test(location) && URL.canParse(location) ? location : null;
}

/** A key without a use is for both; one to encrypt with signs nothing. */
function certificatesOf(provider: Element): string[] {
  const texts = childrenNamed(provider, METADATA, 'KeyDescriptor')
    .filter((key) => key.attributes.get('use') !== 'encryption')
    .flatMap((key) => [...everyElement(key)])
    .filter((element) => element.name === 'X509Certificate' && element.namespace === SIGNATURE)
    .map((element) => element.text.replaceAll(/\s/g, ''));
  return [...new Set(texts)].map(
    (base64) =>
      `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  );
}

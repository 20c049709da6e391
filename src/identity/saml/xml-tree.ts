import { refuse } from './refuse.ts';

/** An element of a message: names resolved to namespaces, references decoded. */
export type Element = {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: Element | null;
  readonly children: readonly Element[];
  /** The text directly inside, without that of children. */
  readonly text: string;
};

type Open = { -readonly [K in keyof Element]: Element[K] } & {
  children: Open[];
  parent: Open | null;
  tag: string;
  prefixes: ReadonlyMap<string, string>;
};

export type XmlLimits = { readonly tags: number; readonly depth: number; readonly namespaces: number };

const NAME = '[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?';
const ATTRIBUTE = `\\s+(${NAME})\\s*=\\s*("[^"<]*"|'[^'<]*')`;
const TAG = new RegExp(`<(/?)(${NAME})((?:${ATTRIBUTE.replaceAll(/\((?!\?)/g, '(?:')})*)\\s*(/?)>`, 'y');
const DECLARATION =
  /^<\?xml version=["']1\.0["'](?: encoding=["']utf-8["'])?(?: standalone=["'](?:yes|no)["'])?\s*\?>\s*/i;
/** What XML 1.0 has no place for: control characters, halves of surrogate pairs. */
const NOT_A_CHARACTER = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the small part of XML that a SAML message needs, and refuses all else: no DOCTYPE, no comment, no
 * CDATA, no processing instruction, no entity of one's own. It stands before any XML parser, so that what
 * two parsers might read in two ways is never read, and what costs much time is never begun.
 * @throws AppError `sign-in.response-refused` with `reason`
 */
export function readXml(xml: string, limits: XmlLimits): Element {
  const body = xml.replace(DECLARATION, '');
  if (body.includes('<!')) refuse('markup-declaration');
  if (body.includes('<?')) refuse('processing-instruction');
  if (NOT_A_CHARACTER.test(body)) refuse('malformed');
  const reading: Reading = { root: null, open: null, depth: 0, tags: 0, namespaces: 0 };
  let at = 0;
  while (at < body.length) {
    const next = body.indexOf('<', at);
    addText(reading.open, body.slice(at, next === -1 ? body.length : next));
    if (next === -1) break;
    const tag = tagAt(body, next);
    if (tag.isClosing) closeElement(reading, tag);
    else openElement(reading, tag, limits);
    at = next + tag.length;
  }
  if (reading.root === null || reading.open !== null) return refuse('malformed');
  return reading.root;
}

/** How far the message has been read. */
type Reading = { root: Open | null; open: Open | null; depth: number; tags: number; namespaces: number };

function openElement(reading: Reading, tag: Tag, limits: XmlLimits): void {
  reading.tags += 1;
  reading.namespaces += tag.attributes.filter(isDeclaration).length;
  if (reading.tags > limits.tags || reading.namespaces > limits.namespaces) refuse('too-complex');
  if (reading.depth >= limits.depth) refuse('too-complex');
  if (reading.open === null && reading.root !== null) refuse('malformed');
  const element = elementOf(tag, reading.open);
  reading.root ??= element;
  reading.open?.children.push(element);
  if (tag.isEmpty) return;
  reading.open = element;
  reading.depth += 1;
}

function closeElement(reading: Reading, tag: Tag): void {
  if (reading.open?.tag !== tag.name) refuse('malformed');
  reading.open = reading.open.parent;
  reading.depth -= 1;
}

/** Is this attribute `xmlns` or `xmlns:…`? */
const isDeclaration = ([name]: readonly [string, string]): boolean => /^xmlns(:|$)/.test(name);

type Tag = {
  name: string;
  attributes: [string, string][];
  isClosing: boolean;
  isEmpty: boolean;
  length: number;
};

function tagAt(body: string, at: number): Tag {
  TAG.lastIndex = at;
  const match = TAG.exec(body);
  if (match === null) return refuse('malformed');
  const [whole, slash, name, inside, empty] = match as unknown as [string, string, string, string, string];
  const attributes = [...inside.matchAll(new RegExp(ATTRIBUTE, 'g'))].map(
    ([, attribute, quoted]): [string, string] => [String(attribute), decode(String(quoted).slice(1, -1))],
  );
  if (slash === '/' && (attributes.length > 0 || empty === '/')) refuse('malformed');
  if (new Set(attributes.map(([attribute]) => attribute)).size !== attributes.length) refuse('malformed');
  return { name, attributes, isClosing: slash === '/', isEmpty: empty === '/', length: whole.length };
}

function elementOf(tag: Tag, parent: Open | null): Open {
  const declared = tag.attributes.filter(isDeclaration);
  const prefixes = new Map(parent?.prefixes);
  for (const [name, uri] of declared) prefixes.set(name === 'xmlns' ? '' : name.slice('xmlns:'.length), uri);
  const [local, prefix = ''] = tag.name.split(':').reverse() as [string, string?];
  const namespace = prefixes.get(prefix);
  if (namespace === undefined && prefix !== '') refuse('malformed');
  return {
    name: local,
    namespace: namespace ?? '',
    attributes: new Map(tag.attributes.filter((attribute) => !declared.includes(attribute))),
    parent,
    children: [],
    text: '',
    tag: tag.name,
    prefixes,
  };
}

function addText(open: Open | null, raw: string): void {
  if (open !== null) open.text += decode(raw);
  else if (raw.trim() !== '') refuse('malformed');
}

const decode = (raw: string): string =>
  raw.replaceAll(/&([^;]{0,10});?/g, (whole, name: string) => {
    const known = Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined;
    if (known !== undefined && whole.endsWith(';')) return known;
    const code = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));$/i.exec(whole.slice(1));
    const point = code === null ? -1 : code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
    if (point < 9 || point > 0x10ffff) return refuse('malformed');
    return String.fromCodePoint(point);
  });

/** The element and all below it, in the order of the document. */
export function* everyElement(element: Element): Generator<Element> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}

export const childrenNamed = (element: Element, namespace: string, name: string): Element[] =>
  element.children.filter((child) => child.namespace === namespace && child.name === name);

/** The one child of this name.
 * @throws AppError `sign-in.response-refused` with `reason` when there is none or another one. */
export function onlyChild(
  element: Element,
  of: { namespace: string; name: string; orRefuse: string },
): Element {
  const [child, ...more] = childrenNamed(element, of.namespace, of.name);
  if (child === undefined || more.length > 0) return refuse(of.orRefuse);
  return child;
}

import { create } from 'xmlbuilder2';

/** An element of somebody else's file, without its prefixes: which name of which namespace it is. */
export type XmlElement = {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What stands directly in it, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
};

/** The file is no XML that we read: cut off, with a document type, too deep or too large. */
export class XmlRefused extends Error {}

const MOST_BYTES = 8 * 1024 * 1024;
const MOST_DEPTH = 40;
const [ELEMENT, TEXT, CDATA] = [1, 3, 4];

/** What of the parser's nodes is read here. */
type Node = {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly localName?: string;
  readonly namespaceURI?: string | null;
  readonly data?: string;
  readonly childNodes: Iterable<Node>;
  readonly attributes?: Iterable<{ readonly localName: string; readonly value: string }>;
};

/**
 * The root of a file of somebody else. Document types are refused, so that no entity is expanded and nothing is fetched.
 * @throws XmlRefused
 */
export function readXml(content: Uint8Array): XmlElement {
  if (content.length > MOST_BYTES) throw new XmlRefused('Too large');
  const text = textOf(content);
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new XmlRefused('A document type is not read');
  try {
    const root = create(text).root().node as unknown as Node;
    // The parser forgives what is cut off; whoever wrote a file closed its root.
    const end = text.trimEnd().replace(/(?:\s*<!--(?:(?!-->)[\s\S])*-->)+$/, '');
    if (!end.endsWith(`</${root.nodeName}>`)) throw new XmlRefused('Cut off');
    return elementOf(root, 0);
  } catch (error) {
    throw error instanceof XmlRefused ? error : new XmlRefused(String(error));
  }
}

/** UTF-8 unless a mark says UTF-16: what invoices are written in. */
function textOf(content: Uint8Array): string {
  const encoding = content[0] === 0xff && content[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(content).replace(/^\uFEFF/, '');
  } catch {
    throw new XmlRefused('Not in UTF-8');
  }
}

function elementOf(node: Node, depth: number): XmlElement {
  if (depth > MOST_DEPTH) throw new XmlRefused('Too deep');
  const nodes = [...node.childNodes];
  return {
    name: node.localName ?? node.nodeName,
    namespace: node.namespaceURI ?? '',
    attributes: Object.fromEntries([...(node.attributes ?? [])].map((one) => [one.localName, one.value])),
    text: nodes
      .filter((one) => one.nodeType === TEXT || one.nodeType === CDATA)
      .map((one) => one.data ?? '')
      .join('')
      .trim(),
    children: nodes.filter((one) => one.nodeType === ELEMENT).map((one) => elementOf(one, depth + 1)),
  };
}

/** The elements at a path of names below an element. */
export const allAt = (element: XmlElement, ...path: readonly string[]): readonly XmlElement[] =>
  path.reduce<readonly XmlElement[]>(
    (found, name) => found.flatMap((one) => one.children.filter((child) => child.name === name)),
    [element],
  );

/** What stands in the first element at a path of names; null where there is none, or nothing in it. */
export const textAt = (element: XmlElement, ...path: readonly string[]): string | null => {
  const text = allAt(element, ...path)[0]?.text ?? '';
  return text === '' ? null : text;
};

import { buffer } from 'node:stream/consumers';
// oxlint-disable-next-line import/no-named-as-default -- the types of pdfkit know the default only
import PDFDocument from 'pdfkit';

type Call = { readonly method: string; readonly args: unknown[]; readonly element?: number };

/** Every call a document made of pdfkit, in its order. */
export type Recording = { options: PDFKit.PDFDocumentOptions; readonly calls: Call[] };

const DRAWING = [
  'font fillColor text struct addStructure markStructureContent markContent endMarkedContent',
  'moveTo lineTo lineWidth strokeColor stroke addPage switchToPage bufferedPageRange end',
]
  .join(' ')
  .split(' ');

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * Runs `make`, which draws one document at a time, and writes down what it asks of pdfkit: the very same drawing for
 * a baseline to repeat. Only what is asked from outside counts, not what pdfkit asks of itself.
 */
export async function recordPdf(make: () => Promise<unknown>): Promise<Recording> {
  const recording: Recording = { options: {}, calls: [] };
  const prototype = PDFDocument.prototype as unknown as Methods;
  const originals = DRAWING.map((method) => [method, prototype[method]] as const);
  const elements: unknown[] = [];
  let depth = 0;
  let isMade = false;
  const note = (method: string, args: unknown[], element?: number): void => {
    if (depth === 1 && isMade)
      recording.calls.push({
        method,
        args: args.map((arg) => named(arg, elements)),
        ...(element === undefined ? {} : { element }),
      });
  };
  for (const [method, original] of originals) {
    prototype[method] = function recorded(
      this: { options: PDFKit.PDFDocumentOptions },
      ...args: unknown[]
    ): unknown {
      depth += 1;
      recording.options = this.options;
      // The first page is the constructor's own.
      if (method !== 'addPage') isMade = true;
      note(method, args);
      const result = original?.apply(this, args);
      if (method === 'struct' && depth === 1) follow(result as Methods, elements.push(result) - 1);
      depth -= 1;
      return result;
    };
  }
  const follow = (element: Methods, at: number): void => {
    for (const method of ['add', 'end']) {
      const original = element[method];
      element[method] = (...args) => {
        depth += 1;
        note(method, args, at);
        const result = original?.apply(element, args);
        depth -= 1;
        return result;
      };
    }
  };
  try {
    await make();
  } finally {
    for (const [method, original] of originals) if (original !== undefined) prototype[method] = original;
  }
  return recording;
}

type Named = { readonly element: number } | { readonly marked: true } | { readonly value: unknown };

/** An element of the structure, and marked content, are another one in each document. */
function named(arg: unknown, elements: readonly unknown[]): Named {
  const element = elements.indexOf(arg);
  if (element >= 0) return { element };
  const isMarked = arg?.constructor.name === 'PDFStructureContent';
  return isMarked ? { marked: true } : { value: arg };
}

/** Draws the recorded document with pdfkit alone. */
export async function replayPdf({ options, calls }: Recording): Promise<Buffer> {
  const doc = new PDFDocument(options);
  const bytes = buffer(doc);
  const elements: unknown[] = [];
  let marked: unknown;
  for (const { method, args, element } of calls) {
    const on = (element === undefined ? doc : elements[element]) as Methods;
    const values = (args as Named[]).map((arg) =>
      'value' in arg ? arg.value : 'element' in arg ? elements[arg.element] : marked,
    );
    const result = on[method]?.(...values);
    if (method === 'struct') elements.push(result);
    if (method === 'markStructureContent') marked = result;
  }
  return bytes;
}

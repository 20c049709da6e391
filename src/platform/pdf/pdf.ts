import { buffer } from 'node:stream/consumers';
// oxlint-disable-next-line import/no-named-as-default -- the types of pdfkit know the default only
import PDFDocument from 'pdfkit';
import { fontOf, type Weight, widthOf } from './fonts.ts';
import { wrap } from './lines.ts';

export type PdfSettings = {
  readonly title: string;
  /** The language of the text, `en` or `zh-CN`. */
  readonly lang: string;
  readonly author: string;
  /** Stored in the file. The same content and instant give the same bytes, so a hash of them is stable. */
  readonly createdAt: Date;
  /** Stands at the top of each page but the first, e.g. `PO-2026-0042 · version 2`. */
  readonly runningTitle: string;
  /** Stands at the bottom of each page, beside the page's number. */
  readonly footer: string;
  /** `Page 2 of 3` in the reader's language. */
  pageLabel(page: number, count: number): string;
};

export type Ink = {
  readonly size?: number;
  readonly weight?: Weight;
  readonly colour?: string;
};

/** A document that is being drawn, from top to bottom. `y` is where the next thing goes. */
export type Pdf = {
  readonly doc: PDFKit.PDFDocument;
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly bottom: number;
  y: number;
  /** Where tagged content hangs: screen readers read in this order. */
  readonly root: PDFKit.PDFStructureElement;
};

export const colours = {
  ink: '#1c2733',
  quiet: '#5a6675',
  brand: '#1f3a5f',
  rule: '#d3dae3',
  strongRule: '#1f3a5f',
} as const;

const MARGIN = 45;
const TOP_OF_FIRST = 45;
const TOP_OF_OTHERS = 74;
const BOTTOM = 62;
const BODY_SIZE = 9;
const LABEL_MARGIN = 14;

/** Draws an A4 document and gives its bytes: tagged, with a running title and the number of each page. */
export function makePdf(settings: PdfSettings, draw: (pdf: Pdf) => void): Promise<Buffer> {
  const look = { size: 'A4', margin: MARGIN, top: TOP_OF_FIRST, bottom: BOTTOM };
  return make(settings, look, (pdf) => {
    draw(pdf);
    return () => drawPageFurniture(pdf, settings);
  });
}

type Named = Pick<PdfSettings, 'title' | 'lang' | 'author' | 'createdAt'>;

/** Draws labels of the size A6, a page each, and gives their bytes: nothing stands on them but what is drawn. */
export function makeLabels<T>(
  settings: Named,
  labels: readonly T[],
  draw: (pdf: Pdf, label: T) => void,
): Promise<Buffer> {
  const look = { size: 'A6', margin: LABEL_MARGIN, top: LABEL_MARGIN, bottom: LABEL_MARGIN };
  return make(settings, look, (pdf) => {
    for (const [index, label] of labels.entries()) {
      if (index > 0) pdf.doc.addPage();
      pdf.y = LABEL_MARGIN;
      draw(pdf, label);
    }
    return () => {};
  });
}

/** @param draw gives what is drawn once all pages are there and the structure is closed */
async function make(
  settings: Named,
  look: { size: string; margin: number; top: number; bottom: number },
  draw: (pdf: Pdf) => () => void,
): Promise<Buffer> {
  const doc = new PDFDocument({
    size: look.size,
    margin: 0,
    bufferPages: true,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: settings.lang,
    // None of pdfkit's own: parsing its metrics costs more than it is worth.
    font: '',
    info: {
      Title: settings.title,
      Author: settings.author,
      Creator: 'Portico',
      CreationDate: settings.createdAt,
    },
  });
  const bytes = buffer(doc);
  const root = doc.struct('Document');
  doc.addStructure(root);
  const pdf: Pdf = {
    doc,
    root,
    left: look.margin,
    right: doc.page.width - look.margin,
    width: doc.page.width - 2 * look.margin,
    bottom: doc.page.height - look.bottom,
    y: look.top,
  };
  const finish = draw(pdf);
  root.end();
  finish();
  doc.end();
  return bytes;
}

/** Starts the next page. */
export function startPage(pdf: Pdf): void {
  pdf.doc.addPage();
  pdf.y = TOP_OF_OTHERS;
}

/** Starts the next page unless this much height is left. */
export function needHeight(pdf: Pdf, height: number): void {
  if (pdf.y + height > pdf.bottom) startPage(pdf);
}

/** The height that a page other than the first has for content. */
export const pageHeight = (pdf: Pdf): number => pdf.bottom - TOP_OF_OTHERS;

/** The distance from one line of text to the next. */
export const lineHeight = (size = BODY_SIZE): number => size * 1.45;

/** Breaks text into the lines it takes at this width. */
export function linesOf(text: string, width: number, ink: Ink = {}): string[] {
  return wrap(text, width, (piece) => widthIn(piece, ink));
}

const widthIn = (text: string, { weight = 'regular', size = BODY_SIZE }: Ink): number =>
  widthOf(weight, text) * size;

/** Writes one line as it is, at a place. */
export function writeLine(
  pdf: Pdf,
  text: string,
  at: { x: number; y: number; width: number; align?: 'left' | 'right' },
  ink: Ink = {},
): void {
  pickInk(pdf, ink);
  const x = at.align === 'right' ? at.x + at.width - widthIn(text, ink) : at.x;
  pdf.doc.text(text, x, at.y, { lineBreak: false });
}

function pickInk({ doc }: Pdf, ink: Ink): void {
  const weight = ink.weight ?? 'regular';
  // With a name beside it pdfkit keeps the opened font for the document, and does not ask for a path.
  doc
    .font(fontOf(weight) as unknown as Buffer, weight, ink.size ?? BODY_SIZE)
    .fillColor(ink.colour ?? colours.ink);
}

/** Draws something as an element of this type (`P`, `H1`, `TD` …) of the document's structure. */
export function tagged(pdf: Pdf, parent: PDFKit.PDFStructureElement, type: string, draw: () => void): void {
  const element = pdf.doc.struct(type);
  parent.add(element);
  drawInto(pdf, element, type, draw);
  element.end();
}

/** Draws a further part of an element, e.g. of a cell that goes on on the next page. */
export function drawInto(
  pdf: Pdf,
  element: PDFKit.PDFStructureElement,
  type: string,
  draw: () => void,
): void {
  element.add(pdf.doc.markStructureContent(type));
  draw();
  pdf.doc.endMarkedContent();
}

/** Draws something that says nothing: rules, repeated headings. Screen readers pass over it. */
export function ornament(pdf: Pdf, draw: () => void): void {
  pdf.doc.markContent('Artifact', { type: 'Layout' });
  draw();
  pdf.doc.endMarkedContent();
}

/** A horizontal rule. */
export function rule(pdf: Pdf, y: number, look: { colour: string; thickness: number; from?: number }): void {
  ornament(pdf, () => {
    pdf.doc
      .moveTo(look.from ?? pdf.left, y)
      .lineTo(pdf.right, y)
      .lineWidth(look.thickness)
      .strokeColor(look.colour)
      .stroke();
  });
}

function drawPageFurniture(pdf: Pdf, settings: PdfSettings): void {
  const { start, count } = pdf.doc.bufferedPageRange();
  const quiet = { size: 7.5, colour: colours.quiet };
  const at = { x: pdf.left, width: pdf.width };
  for (let page = 1; page <= count; page += 1) {
    pdf.doc.switchToPage(start + page - 1);
    rule(pdf, pdf.bottom + 16, { colour: colours.rule, thickness: 0.5 });
    ornament(pdf, () => {
      const y = pdf.bottom + 22;
      const label = settings.pageLabel(page, count);
      writeLine(pdf, label, { ...at, y, align: 'right' }, quiet);
      const [footer = ''] = linesOf(settings.footer, pdf.width - 120, quiet);
      writeLine(pdf, footer, { ...at, y }, quiet);
      if (page === 1) return;
      const [title = ''] = linesOf(settings.runningTitle, pdf.width, quiet);
      writeLine(pdf, title, { ...at, y: 42 }, { ...quiet, weight: 'bold' });
    });
    if (page > 1) rule(pdf, 58, { colour: colours.rule, thickness: 0.5 });
  }
}

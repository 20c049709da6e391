import {
  colours,
  type Ink,
  lineHeight,
  linesOf,
  needHeight,
  type Pdf,
  rule,
  tagged,
  writeLine,
} from './pdf.ts';

const TITLE = { size: 18, weight: 'bold', colour: colours.brand } as const;
const LABEL = { size: 7.5, colour: colours.quiet } as const;

/** The head of a first page: who issues it at the left, what it is and its number at the right. */
export function drawLetterhead(
  pdf: Pdf,
  head: {
    issuer: string;
    issuerLines: readonly string[];
    title: string;
    reference: string;
    remarks: readonly string[];
  },
): void {
  const half = pdf.width / 2 - 10;
  const top = pdf.y;
  const write = (lines: readonly (Ink & { text: string })[], x: number, align: 'left' | 'right'): number => {
    let y = top;
    for (const { text, ...ink } of lines)
      for (const line of linesOf(text, half, ink)) {
        writeLine(pdf, line, { x, y, width: half, align }, ink);
        y += lineHeight(ink.size);
      }
    return y;
  };
  let end = top;
  tagged(pdf, pdf.root, 'H1', () => {
    const remarks = head.remarks.map((text) => ({ text, size: 8.5, colour: colours.quiet }));
    const reference = { text: head.reference, size: 11, weight: 'bold' } as const;
    end = write([{ text: head.title, ...TITLE }, reference, ...remarks], pdf.right - half, 'right');
  });
  tagged(pdf, pdf.root, 'P', () => {
    const lines = head.issuerLines.map((text) => ({ text, size: 8.5, colour: colours.quiet }));
    end = Math.max(end, write([{ text: head.issuer, size: 12, weight: 'bold' }, ...lines], pdf.left, 'left'));
  });
  pdf.y = end + 8;
  rule(pdf, pdf.y, { colour: colours.strongRule, thickness: 1.2 });
  pdf.y += 14;
}

/** A heading inside the document; it never stands alone at the end of a page. */
export function drawHeading(pdf: Pdf, text: string): void {
  const ink = { size: 11, weight: 'bold', colour: colours.brand } as const;
  const lines = linesOf(text, pdf.width, ink);
  needHeight(pdf, lines.length * lineHeight(11) + 40);
  pdf.y += 4;
  tagged(pdf, pdf.root, 'H2', () => flow(pdf, lines, ink));
  pdf.y += 3;
}

/** Running text, over as many pages as it takes. */
export function drawParagraph(pdf: Pdf, text: string, ink: Ink = {}): void {
  const step = lineHeight(ink.size);
  let rest = linesOf(text, pdf.width, ink);
  while (rest.length > 0) {
    needHeight(pdf, step * Math.min(2, rest.length));
    const fitting = Math.max(1, Math.floor((pdf.bottom - pdf.y) / step));
    const now = rest.slice(0, fitting);
    tagged(pdf, pdf.root, 'P', () => flow(pdf, now, ink));
    rest = rest.slice(fitting);
  }
  pdf.y += 5;
}

function flow(pdf: Pdf, lines: readonly string[], ink: Ink): void {
  writeLines(pdf, lines, { x: pdf.left, y: pdf.y, width: pdf.width }, ink);
  pdf.y += lines.length * lineHeight(ink.size);
}

function writeLines(
  pdf: Pdf,
  lines: readonly string[],
  at: { x: number; y: number; width: number },
  ink: Ink,
): void {
  for (const [index, line] of lines.entries())
    writeLine(pdf, line, { ...at, y: at.y + index * lineHeight(ink.size) }, ink);
}

/** A label with its value; a value of several lines is an address. */
export type KeyValue = { readonly label: string; readonly value: string };

/** Labels above their values, side by side in columns; a row stays on one page, so long texts are paragraphs. */
export function drawKeyValues(pdf: Pdf, pairs: readonly KeyValue[], columns = 3): void {
  const gap = 16;
  const width = (pdf.width - gap * (columns - 1)) / columns;
  for (let at = 0; at < pairs.length; at += columns) {
    const row = pairs.slice(at, at + columns).map((pair) => ({
      labelLines: linesOf(pair.label, width, LABEL),
      valueLines: linesOf(pair.value, width),
    }));
    const labelHeight = Math.max(...row.map((one) => one.labelLines.length)) * lineHeight(LABEL.size);
    const height = labelHeight + Math.max(...row.map((one) => one.valueLines.length)) * lineHeight() + 8;
    needHeight(pdf, Math.min(height, 300));
    const top = pdf.y;
    row.forEach(({ labelLines, valueLines }, index) => {
      const x = pdf.left + index * (width + gap);
      tagged(pdf, pdf.root, 'P', () => {
        writeLines(pdf, labelLines, { x, y: top, width }, LABEL);
        writeLines(pdf, valueLines, { x, y: top + labelHeight, width }, {});
      });
    });
    pdf.y = top + height;
  }
  pdf.y += 4;
}

/** Sums at the right below a table, kept together; the strong ones are what counts. */
export function drawTotals(
  pdf: Pdf,
  lines: readonly { readonly label: string; readonly value: string; readonly isStrong?: boolean }[],
): void {
  const width = Math.min(pdf.width, 270);
  const x = pdf.right - width;
  const heightOf = (isStrong: boolean | undefined): number => (isStrong === true ? 23 : 17);
  needHeight(
    pdf,
    lines.reduce((sum, line) => sum + heightOf(line.isStrong), 8),
  );
  pdf.y += 4;
  for (const { label, value, isStrong } of lines) {
    const ink: Ink = isStrong === true ? { size: 11, weight: 'bold' } : {};
    if (isStrong === true) {
      rule(pdf, pdf.y + 1, { colour: colours.strongRule, thickness: 0.8, from: x });
      pdf.y += 5;
    }
    tagged(pdf, pdf.root, 'P', () => {
      const [shown = ''] = linesOf(label, width * 0.55, ink);
      writeLine(pdf, shown, { x, y: pdf.y, width }, isStrong === true ? ink : { colour: colours.quiet });
      writeLine(pdf, value, { x, y: pdf.y, width, align: 'right' }, ink);
    });
    pdf.y += isStrong === true ? 18 : 17;
  }
  pdf.y += 6;
}

import {
  colours,
  drawInto,
  type Ink,
  lineHeight,
  linesOf,
  needHeight,
  ornament,
  type Pdf,
  pageHeight,
  rule,
  startPage,
  tagged,
  writeLine,
} from './pdf.ts';

export type PdfColumn = {
  readonly heading: string;
  /** Its share of the page's width: the numbers of all columns together are the whole. */
  readonly width: number;
  readonly align?: 'left' | 'right';
};

/** A cell; `detail` stands below in small type. */
export type PdfCell =
  | string
  | { readonly text: string; readonly detail?: string; readonly isStrong?: boolean };

type Line = { readonly text: string; readonly ink: Ink };
type Place = { readonly x: number; readonly width: number; readonly align: 'left' | 'right' };

const SIZE = 8.5;
const DETAIL: Ink = { size: 7.5, colour: colours.quiet };
const HEADING: Ink = { size: 7.5, weight: 'bold', colour: colours.brand };
const STEP = lineHeight(SIZE);
const PADDING = 4;
const GAP = 10;
/** A row of more lines may be cut at the end of a page; shorter ones move to the next as a whole. */
const KEPT_WHOLE = 14;

/**
 * A table over as many pages as it takes, with its headings on each. Cells wrap in their column; a row goes to
 * the next page as a whole, unless it is very long. At least one row stands below the headings.
 */
export function drawTable(
  pdf: Pdf,
  table: {
    columns: readonly PdfColumn[];
    rows: readonly (readonly PdfCell[])[];
    /** Height kept free below the last row, so that totals never stand alone on a page. */
    keptBelow?: number;
  },
): void {
  const places = placesOf(pdf, table.columns);
  const headings = table.columns.map((column, index) => headingLines(column, places[index] as Place));
  const element = pdf.doc.struct('Table');
  pdf.root.add(element);
  const headHeight =
    Math.max(...headings.map((lines) => lines.length)) * lineHeight(HEADING.size) + 2 * PADDING;
  needHeight(pdf, headHeight + 3 * STEP);
  const head = pdf.doc.struct('TR');
  element.add(head);
  drawHead(pdf, headings, places, (lines, place, y) =>
    tagged(pdf, head, 'TH', () => writeAll(pdf, lines, place, y, lineHeight(HEADING.size))),
  );
  head.end();
  const repeatHead = (): void => {
    startPage(pdf);
    drawHead(pdf, headings, places, (lines, place, y) =>
      ornament(pdf, () => writeAll(pdf, lines, place, y, lineHeight(HEADING.size))),
    );
  };
  for (const [at, row] of table.rows.entries()) {
    const cells = table.columns.map((_, index) => cellLines(row[index] ?? '', places[index] as Place));
    const keptBelow = at === table.rows.length - 1 ? (table.keptBelow ?? 0) : 0;
    drawRow(pdf, { element, cells, places, repeatHead, keptBelow });
  }
  element.end();
  pdf.y += 4;
}

function placesOf(pdf: Pdf, columns: readonly PdfColumn[]): Place[] {
  const whole = columns.reduce((sum, column) => sum + column.width, 0);
  const free = pdf.width - GAP * (columns.length - 1);
  let x = pdf.left;
  return columns.map((column) => {
    const place = { x, width: (free * column.width) / whole, align: column.align ?? 'left' } as const;
    x += place.width + GAP;
    return place;
  });
}

const headingLines = (column: PdfColumn, place: Place): Line[] =>
  linesOf(column.heading, place.width, HEADING).map((text) => ({ text, ink: HEADING }));

function cellLines(cell: PdfCell, place: Place): Line[] {
  const { text, detail = '', isStrong = false } = typeof cell === 'string' ? { text: cell } : cell;
  const ink: Ink = { size: SIZE, weight: isStrong ? 'bold' : 'regular' };
  return [
    ...linesOf(text, place.width, ink).map((line) => ({ text: line, ink })),
    ...(detail === ''
      ? []
      : linesOf(detail, place.width, DETAIL).map((line) => ({ text: line, ink: DETAIL }))),
  ];
}

function drawHead(
  pdf: Pdf,
  headings: readonly (readonly Line[])[],
  places: readonly Place[],
  write: (lines: readonly Line[], place: Place, y: number) => void,
): void {
  const most = Math.max(...headings.map((lines) => lines.length));
  headings.forEach((lines, index) => {
    // Short headings stand on the rule, beside the last line of long ones.
    const y = pdf.y + PADDING + (most - lines.length) * lineHeight(HEADING.size);
    write(lines, places[index] as Place, y);
  });
  pdf.y += most * lineHeight(HEADING.size) + 2 * PADDING;
  rule(pdf, pdf.y, { colour: colours.strongRule, thickness: 0.9 });
}

function drawRow(
  pdf: Pdf,
  row: {
    element: PDFKit.PDFStructureElement;
    cells: readonly (readonly Line[])[];
    places: readonly Place[];
    repeatHead: () => void;
    keptBelow: number;
  },
): void {
  const tr = pdf.doc.struct('TR');
  row.element.add(tr);
  const tds = row.cells.map(() => {
    const td = pdf.doc.struct('TD');
    tr.add(td);
    return td;
  });
  const count = Math.max(...row.cells.map((lines) => lines.length));
  let done = 0;
  while (done < count) {
    const fitting = Math.floor((pdf.bottom - row.keptBelow - pdf.y - 2 * PADDING) / STEP);
    const isTooTall = count > KEPT_WHOLE || count * STEP + 60 > pageHeight(pdf);
    const now = count - done <= fitting ? count - done : isTooTall && fitting >= 4 ? fitting : 0;
    if (now === 0) {
      row.repeatHead();
      continue;
    }
    row.cells.forEach((lines, index) => {
      const part = lines.slice(done, done + now);
      if (part.length > 0)
        drawInto(pdf, tds[index] as PDFKit.PDFStructureElement, 'TD', () =>
          writeAll(pdf, part, row.places[index] as Place, pdf.y + PADDING, STEP),
        );
    });
    pdf.y += now * STEP + 2 * PADDING;
    done += now;
    rule(pdf, pdf.y, { colour: colours.rule, thickness: 0.5 });
  }
  tr.end();
}

function writeAll(pdf: Pdf, lines: readonly Line[], place: Place, y: number, step: number): void {
  lines.forEach((line, index) => {
    writeLine(pdf, line.text, { ...place, y: y + index * step }, line.ink);
  });
}

import LineBreaker from 'linebreak';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Breaks text into lines that fit the width, where the languages allow it (Unicode UAX 14: between Chinese
 * characters, but no line starts with `，` or ends with `（`). What has no place to break, such as a long part
 * number, is cut so that it never runs over.
 * @param measure gives the width of a piece of text
 */
export function wrap(text: string, width: number, measure: (piece: string) => number): string[] {
  return readable(text)
    .split('\n')
    .flatMap((paragraph) => wrapParagraph(paragraph, width, measure));
}

const WITHOUT_SHAPE = /\p{Cc}/u;

/** Without characters that have no shape; a tab is a space. */
const readable = (text: string): string => (WITHOUT_SHAPE.test(text) ? cleaned(text) : text);

const cleaned = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(/[^\P{Cc}\n]/gu, '');

function wrapParagraph(paragraph: string, width: number, measure: (piece: string) => number): string[] {
  // Most cells of a table: looking for places to break took half of their time.
  const whole = paragraph.trimEnd();
  if (measure(whole) <= width) return [whole];
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  const finish = (): void => {
    lines.push(line.trimEnd());
    line = '';
    lineWidth = 0;
  };
  for (const piece of piecesOf(paragraph)) {
    // The space at the end of a line may hang over.
    const visible = measure(piece.trimEnd());
    if (line !== '' && lineWidth + visible > width) finish();
    for (const part of visible > width ? cut(piece, width, measure) : [piece]) {
      const partWidth = measure(part);
      if (line !== '' && lineWidth + measure(part.trimEnd()) > width) finish();
      line += part;
      lineWidth += partWidth;
    }
  }
  finish();
  return lines;
}

function* piecesOf(paragraph: string): Generator<string> {
  const breaker = new LineBreaker(paragraph);
  let from = 0;
  for (let next = breaker.nextBreak(); next !== null; next = breaker.nextBreak()) {
    if (next.position > from) yield paragraph.slice(from, next.position);
    from = next.position;
  }
}

function* cut(piece: string, width: number, measure: (piece: string) => number): Generator<string> {
  let part = '';
  let partWidth = 0;
  for (const { segment } of graphemes.segment(piece)) {
    const segmentWidth = measure(segment);
    if (part !== '' && partWidth + segmentWidth > width) {
      yield part;
      part = '';
      partWidth = 0;
    }
    part += segment;
    partWidth += segmentWidth;
  }
  if (part !== '') yield part;
}

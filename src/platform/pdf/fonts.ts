import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

export type Weight = 'regular' | 'bold';

const require = createRequire(import.meta.url);

/** Noto Sans SC: Latin, Greek, Cyrillic and simplified Chinese in one design, as plain TTF files. */
export const fontFiles: Readonly<Record<Weight, string>> = {
  regular: require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  bold: require.resolve('@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf'),
};

const opened = new Map<Weight, Font>();

/**
 * The font, read and parsed once a process. Two pages of Chinese and English took 58 ms when each document
 * opened the 10 MB files by path, and 12 ms with fonts that are open. (Never `registerFont` with pdfkit's own
 * `table()`: it parses the file again for each cell.)
 */
export function fontOf(weight: Weight): Font {
  const known = opened.get(weight);
  if (known !== undefined) return known;
  const font = create(readFileSync(fontFiles[weight]));
  if (!('layout' in font)) throw new Error(`${fontFiles[weight]} is a collection and not a font`);
  const remembering = rememberLayouts(font);
  opened.set(weight, remembering);
  return remembering;
}

type Run = ReturnType<Font['layout']>;
const LAYOUTS_AT_MOST = 30_000;

const advances: Readonly<Record<Weight, Map<string, number>>> = { regular: new Map(), bold: new Map() };

/** How wide text is at size 1: the sum of its words, as pdfkit places them. Measured once a process. */
export function widthOf(weight: Weight, text: string): number {
  const known = advances[weight].get(text);
  if (known !== undefined) return known;
  const font = fontOf(weight);
  const words = text.split(/(?<=[ \t])/u);
  const advance = words.reduce((sum, word) => sum + font.layout(word).advanceWidth, 0) / font.unitsPerEm;
  if (advances[weight].size >= LAYOUTS_AT_MOST) advances[weight].clear();
  advances[weight].set(text, advance);
  return advance;
}

/** The same words stand in every order: choosing and placing their glyphs was half of a document's time. */
function rememberLayouts(font: Font): Font {
  const runs = new Map<string, Run>();
  const layout = (text: string, ...more: unknown[]): Run => {
    // Other features are asked for by nobody here; a run with them is not the same run.
    if (more[0] !== undefined) return (font.layout as (...all: unknown[]) => Run)(text, ...more);
    let run = runs.get(text);
    if (run === undefined) {
      if (runs.size >= LAYOUTS_AT_MOST) runs.clear();
      run = font.layout(text);
      runs.set(text, run);
    }
    return copyOf(run);
  };
  return Object.create(font, { layout: { value: layout } }) as Font;
}

/** pdfkit scales the positions of a run in place, so each caller gets its own; the width is of those. */
const copyOf = (run: Run): Run => {
  const positions = run.positions.map((position) => ({ ...position }));
  return Object.create(run, { positions: { value: positions } }) as Run;
};

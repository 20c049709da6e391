import { found } from '../../kernel/errors.ts';
import type { Translate } from '../../platform/i18n/catalogue.ts';
import { drawGs1Barcode, drawQrCode } from '../../platform/pdf/barcode.ts';
import { type DocumentWords, documentWords } from '../../platform/pdf/document-words.ts';
import {
  colours,
  type Ink,
  lineHeight,
  linesOf,
  makeLabels,
  ornament,
  type Pdf,
  rule,
  tagged,
  writeLine,
} from '../../platform/pdf/pdf.ts';
import type { HandlingUnit, UnitContent } from './handling-unit.ts';
import type { PackingContent } from './packing-content.ts';
import { shownSscc } from './sscc.ts';

const QR_SIDE = 84;
/** 156 modules of 0.54 mm, as high as the GS1 logistic label asks for: 32 mm. */
const BARCODE = { width: 240, height: 90 } as const;
const ROWS_AT_MOST = 4;
const QUIET: Ink = { size: 6.5, colour: colours.quiet };
const STRONG: Ink = { size: 10, weight: 'bold' };

/**
 * The labels of a packing, A6 and one a unit: from whom, to which plant, what is in it, its SSCC as a barcode for
 * gates and a QR code with the delivery's address for phones.
 * @source GS1 Logistic Label Guideline 1.3
 */
export function drawHandlingLabels(
  content: PackingContent,
  of: { t: Translate; hasText: (key: string) => boolean },
): Promise<Buffer> {
  const words = documentWords(content.language, of);
  return makeLabels(
    {
      title: `${of.t('packing.label.title')} ${content.reference}`,
      lang: content.language,
      author: content.supplier.name,
      createdAt: content.packedAt,
    },
    content.units,
    (pdf, unit) => drawLabel(pdf, { content, unit, words }),
  );
}

type Label = {
  readonly content: PackingContent;
  readonly unit: HandlingUnit;
  readonly words: DocumentWords;
};

function drawLabel(pdf: Pdf, label: Label): void {
  const { content, words } = label;
  const { t } = words;
  const side = { x: pdf.left, width: pdf.width - QR_SIDE - 12 };
  ornament(pdf, () =>
    drawQrCode(pdf, content.address, { x: pdf.right - QR_SIDE, y: pdf.y + 2, side: QR_SIDE }),
  );
  const qrEnd = pdf.y + QR_SIDE + 6;
  const { supplier, receiver } = content;
  part(pdf, side, t('packing.label.from'), [{ text: supplier.name, most: 2, size: 8.5 }]);
  part(pdf, side, t('packing.label.to'), [
    { text: `${receiver.plantName} (${receiver.plantCode})`, most: 2, ...STRONG },
    { text: receiver.name, most: 1, size: 8.5 },
    { text: receiver.addressLines.join(', '), most: 2, size: 7.5 },
  ]);
  pdf.y = Math.max(pdf.y, qrEnd);
  rule(pdf, pdf.y, { colour: colours.ink, thickness: 0.8 });
  pdf.y += 5;
  drawFacts(pdf, label);
  rule(pdf, pdf.y, { colour: colours.ink, thickness: 0.8 });
  pdf.y += 5;
  drawContents(pdf, label);
  drawSscc(pdf, label);
}

/** The delivery and its orders at the left; at the right which of how many this is, large. */
function drawFacts(pdf: Pdf, { content, unit, words }: Label): void {
  const { t, fmt } = words;
  const top = pdf.y;
  const right = { x: pdf.right - 110, width: 110 };
  const weight =
    unit.grossWeightKg === null
      ? ''
      : ` · ${t('packing.label.weight', { weight: fmt.quantity(unit.grossWeightKg) })}`;
  part(pdf, { x: pdf.left, width: pdf.width - 118 }, t('packing.label.delivery'), [
    { text: content.reference, most: 1, ...STRONG, size: 12 },
    { text: content.orderReferences.join(', '), most: 2, size: 7.5 },
  ]);
  const end = pdf.y;
  pdf.y = top;
  part(pdf, right, `${t(`packing.kind.${unit.kind}`)}${weight}`, [
    { text: `${unit.unitNo} / ${content.units.length}`, most: 1, size: 17, weight: 'bold' },
  ]);
  pdf.y = Math.max(end, pdf.y);
}

function drawContents(pdf: Pdf, { content, unit, words }: Label): void {
  const { t } = words;
  const shown =
    unit.contents.length > ROWS_AT_MOST ? unit.contents.slice(0, ROWS_AT_MOST - 1) : unit.contents;
  for (const row of shown) drawRow(pdf, { content, words }, row);
  const more = unit.contents.length - shown.length;
  if (more > 0) part(pdf, { x: pdf.left, width: pdf.width }, t('packing.label.more', { count: more }), []);
}

function drawRow(pdf: Pdf, { content, words }: Omit<Label, 'unit'>, row: UnitContent): void {
  const { t, fmt, unit: unitName } = words;
  const line = found(
    'po_line',
    content.lines.find((one) => one.poLineId === row.poLineId),
  );
  const number = { x: pdf.right - 84, width: 84 };
  const text = { x: pdf.left, width: pdf.width - 90 };
  const quantity = `${fmt.quantity(row.quantity)} ${unitName(line.unit)}`;
  tagged(pdf, pdf.root, 'P', () => {
    writeLine(pdf, quantity, { ...number, y: pdf.y, align: 'right' }, { size: 9, weight: 'bold' });
    const [name = ''] = linesOf(line.description, text.width, { size: 8.5 });
    writeLine(pdf, name, { ...text, y: pdf.y }, { size: 8.5 });
    pdf.y += lineHeight(8.5);
    const details = [
      line.itemCode ?? '',
      row.lotNumber === '' ? '' : t('packing.label.lot', { lot: row.lotNumber }),
      row.serialNumbers.length === 0 ? '' : t('packing.label.serials', { count: row.serialNumbers.length }),
    ].filter((detail) => detail !== '');
    if (details.length === 0) return;
    const [detail = ''] = linesOf(details.join(' · '), pdf.width, QUIET);
    writeLine(pdf, detail, { x: pdf.left, y: pdf.y, width: pdf.width }, QUIET);
    pdf.y += lineHeight(6.5);
  });
}

/** At the foot, where scanners look for it. */
function drawSscc(pdf: Pdf, { unit }: Label): void {
  const y = pdf.bottom - BARCODE.height;
  const x = pdf.left + (pdf.width - BARCODE.width) / 2;
  tagged(pdf, pdf.root, 'P', () => {
    writeLine(pdf, 'SSCC', { x, y: y - 15, width: 60 }, QUIET);
    const number = { x: x + 60, y: y - 18, width: BARCODE.width - 60, align: 'right' } as const;
    writeLine(pdf, `(00) ${shownSscc(unit.sscc)}`, number, STRONG);
  });
  ornament(pdf, () => drawGs1Barcode(pdf, `(00)${unit.sscc}`, { x, y, ...BARCODE }));
}

/** A small heading with a few lines below it, at `pdf.y`; what is longer than its lines is cut. */
function part(
  pdf: Pdf,
  at: { x: number; width: number },
  heading: string,
  texts: readonly (Ink & { text: string; most: number })[],
): void {
  tagged(pdf, pdf.root, 'P', () => {
    writeLine(pdf, heading, { ...at, y: pdf.y }, QUIET);
    pdf.y += lineHeight(6.5);
    for (const { text, most, ...ink } of texts)
      for (const line of linesOf(text, at.width, ink).slice(0, most)) {
        writeLine(pdf, line, { ...at, y: pdf.y }, ink);
        pdf.y += lineHeight(ink.size);
      }
    pdf.y += 3;
  });
}

import bwipjs from 'bwip-js/node';
import type { Pdf } from './pdf.ts';

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/**
 * A GS1-128 barcode over the whole box, drawn as bars and not as a picture, so that any printer's dots are sharp.
 * @param data with its application identifiers: `(00)…`
 */
export function drawGs1Barcode(pdf: Pdf, data: string, box: Box): void {
  const [code] = bwipjs.raw('gs1-128', data, {});
  if (code === undefined || !('sbs' in code)) throw new Error('No GS1-128 was made');
  const step = box.width / code.sbs.reduce((sum, width) => sum + width, 0);
  let x = box.x;
  for (const [index, width] of code.sbs.entries()) {
    // Bars and spaces in turn, beginning with a bar.
    if (index % 2 === 0) pdf.doc.rect(x, box.y, width * step, box.height);
    x += width * step;
  }
  pdf.doc.fill('#000000');
}

/** A QR code in the square of this side; whoever draws leaves four of its dots white around it. */
export function drawQrCode(pdf: Pdf, text: string, at: { x: number; y: number; side: number }): void {
  const [code] = bwipjs.raw('qrcode', text, {});
  if (code === undefined || !('pixs' in code)) throw new Error('No QR code was made');
  const step = at.side / code.pixx;
  for (const [index, dot] of code.pixs.entries())
    if (dot === 1)
      pdf.doc.rect(
        at.x + (index % code.pixx) * step,
        at.y + Math.floor(index / code.pixx) * step,
        step,
        step,
      );
  pdf.doc.fill('#000000');
}

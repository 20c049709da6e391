import { expect } from 'chai';
import fc from 'fast-check';
import { wrap } from '../../../src/platform/pdf/lines.ts';

/** Chinese characters are twice as wide as Latin ones. */
const measure = (piece: string): number =>
  Array.from(piece).reduce((sum, letter) => sum + (letter > '\u2E80' ? 2 : 1), 0);

describe('breaking text into lines', () => {
  it('breaks between words and drops the space at the end of a line', () => {
    expect(wrap('hexagon bolt, galvanised', 13, measure)).to.deep.equal(['hexagon bolt,', 'galvanised']);
  });

  it('breaks between Chinese characters, and starts no line with a mark that ends a phrase', () => {
    expect(wrap('六角螺栓，镀锌', 8, measure)).to.deep.equal(['六角螺', '栓，镀锌']);
    expect(wrap('螺栓（镀锌）', 6, measure)).to.deep.equal(['螺栓', '（镀', '锌）']);
  });

  it('cuts what has no place to break, and keeps what stands before it on the line', () => {
    expect(wrap('ABCDEFGHIJ', 4, measure)).to.deep.equal(['ABCD', 'EFGH', 'IJ']);
    expect(wrap('no ABCDEFGHIJ', 4, measure)).to.deep.equal(['no', 'ABCD', 'EFGH', 'IJ']);
  });

  it('keeps line breaks and empty lines, and drops characters without a shape', () => {
    expect(wrap('a\r\n\nb\u0000\u0007\tc', 9, measure)).to.deep.equal(['a', '', 'b c']);
    expect(wrap('', 9, measure)).to.deep.equal(['']);
  });

  it('never makes a line that is too wide, and never loses a character', () => {
    const letters = fc.constantFrom(...'ab c-/.,，。（）六角螺栓1234567890'.split(''));
    fc.assert(
      fc.property(
        fc.string({ unit: letters, maxLength: 80 }),
        fc.integer({ min: 2, max: 30 }),
        (text, width) => {
          const lines = wrap(text, width, measure);
          expect(Math.max(...lines.map(measure))).to.be.at.most(width);
          expect(lines.join('').replaceAll(' ', '')).to.equal(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});

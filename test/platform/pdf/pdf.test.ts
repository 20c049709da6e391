import { createHash } from 'node:crypto';
import { expect } from 'chai';
import {
  drawHeading,
  drawKeyValues,
  drawLetterhead,
  drawParagraph,
  drawTotals,
} from '../../../src/platform/pdf/blocks.ts';
import { widthOf } from '../../../src/platform/pdf/fonts.ts';
import { makePdf, type Pdf, type PdfSettings, writeLine } from '../../../src/platform/pdf/pdf.ts';
import { drawTable, type PdfCell } from '../../../src/platform/pdf/table.ts';

const SETTINGS: PdfSettings = {
  title: '采购订单 PO-2026-0001',
  lang: 'zh-CN',
  author: 'Hailan',
  createdAt: new Date('2026-03-02T10:00:00Z'),
  runningTitle: 'PO-2026-0001',
  footer: 'Hailan',
  pageLabel: (page, count) => `${page}/${count}`,
};
const COLUMNS = [
  { heading: 'Item', width: 3 },
  { heading: 'Amount', width: 1, align: 'right' },
] as const;

type Written = { text: string; x: number; y: number; right: number; page: number };

/** Draws, and tells where each line of text went. */
async function drawn(
  draw: (pdf: Pdf) => void,
): Promise<{ bytes: Buffer; written: Written[]; pageCount: number }> {
  const written: Written[] = [];
  let pageCount = 1;
  let isDrawing = true;
  const bytes = await makePdf(SETTINGS, (pdf) => {
    const { doc } = pdf;
    const text = doc.text.bind(doc) as (line: string, x: number, y: number, options: object) => typeof doc;
    let page = 1;
    doc.on('pageAdded', () => {
      page += 1;
      pageCount = page;
    });
    doc.text = ((line: string, x: number, y: number, options: object) => {
      if (isDrawing) written.push({ text: line, x, y, right: x + doc.widthOfString(line), page });
      return text(line, x, y, options);
    }) as typeof doc.text;
    draw(pdf);
    isDrawing = false;
  });
  return { bytes, written, pageCount };
}
const rows = (count: number): PdfCell[][] =>
  Array.from({ length: count }, (_, index) => [`六角螺栓 M${index} hexagon bolt`, `${index}.00`]);
const pagesIn = (bytes: Buffer): number =>
  bytes.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;

describe('making a PDF document', () => {
  it('gives the same bytes for the same content and instant, and others for another', async () => {
    const hash = async (settings: PdfSettings, count: number): Promise<string> =>
      createHash('sha256')
        .update(await makePdf(settings, (pdf) => drawTable(pdf, { columns: COLUMNS, rows: rows(count) })))
        .digest('hex');
    const first = await hash(SETTINGS, 60);
    expect(await hash(SETTINGS, 60)).to.equal(first);
    expect(await hash(SETTINGS, 61)).not.to.equal(first);
    expect(await hash({ ...SETTINGS, createdAt: new Date('2026-03-03T10:00:00Z') }, 60)).not.to.equal(first);
  });

  it('says its title and language, is tagged, and embeds a subset of the font', async () => {
    const { bytes } = await drawn((pdf) => drawParagraph(pdf, '采购订单'));
    const source = bytes.toString('latin1');
    expect(source).to.match(/^%PDF-1\.7/);
    expect(source).to.include('/Lang (zh-CN)');
    expect(source).to.include('/StructTreeRoot');
    expect(source).to.match(/\/BaseFont \/[A-Z]{6}\+NotoSansSC-Regular/);
    expect(bytes.length).to.be.lessThan(30_000);
  });

  it('repeats the headings of a table on each page, once, and writes every row', async () => {
    const { bytes, written, pageCount } = await drawn((pdf) =>
      drawTable(pdf, { columns: COLUMNS, rows: rows(120) }),
    );
    expect(pageCount).to.be.greaterThan(2);
    expect(pagesIn(bytes)).to.equal(pageCount);
    const headings = written.filter((line) => line.text === 'Item').map((line) => line.page);
    expect(headings).to.deep.equal(Array.from({ length: pageCount }, (_, index) => index + 1));
    expect(written.filter((line) => line.text.startsWith('六角'))).to.have.length(120);
  });

  it('keeps a row on one page, above the foot', async () => {
    const tall = Array.from({ length: 40 }, (_, index): PdfCell[] => [`row ${index}\nsecond\nthird`, '1.00']);
    const { written } = await drawn((pdf) => drawTable(pdf, { columns: COLUMNS, rows: tall }));
    const pageOf = (text: string): number[] =>
      written.filter((line) => line.text === text).map((line) => line.page);
    expect(pageOf('third')).to.deep.equal(pageOf('second'));
    expect(Math.max(...written.map((line) => line.y))).to.be.lessThan(841.89 - 62);
  });

  it('cuts a row that is longer than a page and loses none of its lines', async () => {
    const long = Array.from({ length: 150 }, (_, index) => `line ${index}`);
    const { written, pageCount } = await drawn((pdf) =>
      drawTable(pdf, {
        columns: COLUMNS,
        rows: [
          ['before', '1'],
          [long.join('\n'), '2'],
          ['after', '3'],
        ],
      }),
    );
    expect(pageCount).to.be.greaterThan(2);
    expect(written.filter((line) => line.text.startsWith('line ')).map((line) => line.text)).to.deep.equal(
      long,
    );
    expect(written.at(-2)?.text).to.equal('after');
  });

  it('never writes over the edge of a column, however long a word is', async () => {
    const word = 'PART-'.repeat(3) + 'X'.repeat(120);
    let left = 0;
    let right = 0;
    const { written } = await drawn((pdf) => {
      ({ left, right } = pdf);
      drawTable(pdf, { columns: COLUMNS, rows: [[{ text: word, detail: word }, '9'.repeat(80)]] });
      drawKeyValues(pdf, [{ label: word, value: word }]);
      drawHeading(pdf, word);
      drawParagraph(pdf, word);
      drawTotals(pdf, [{ label: word, value: '1.00', isStrong: true }]);
    });
    for (const line of written) {
      expect(line.x, line.text).to.be.at.least(left - 0.01);
      expect(line.right, line.text).to.be.at.most(right + 0.5);
    }
    const edge = Math.max(
      ...written.filter((line) => /^[PX]/.test(line.text) && line.y < 300).map((line) => line.right),
    );
    const numbers = Math.min(...written.filter((line) => /^9+$/.test(line.text)).map((line) => line.x));
    expect(edge).to.be.lessThan(numbers);
  });

  it('keeps a heading with what follows, and sums together', async () => {
    const { written } = await drawn((pdf) => {
      pdf.y = pdf.bottom - 30;
      drawHeading(pdf, 'Terms');
      drawParagraph(pdf, 'first');
      pdf.y = pdf.bottom - 30;
      drawTotals(pdf, [
        { label: 'Net', value: '1.00' },
        { label: 'Total', value: '2.00', isStrong: true },
      ]);
    });
    const pageOf = (text: string): number | undefined => written.find((line) => line.text === text)?.page;
    expect([pageOf('Terms'), pageOf('first')]).to.deep.equal([2, 2]);
    expect([pageOf('Net'), pageOf('Total')]).to.deep.equal([3, 3]);
  });

  it('writes the head, with issuer and title beside each other', async () => {
    const { written } = await drawn((pdf) =>
      drawLetterhead(pdf, {
        issuer: 'Hailan',
        issuerLines: ['Shanghai'],
        title: '采购订单',
        reference: 'PO-2026-0001',
        remarks: [],
      }),
    );
    const [title, issuer] = ['采购订单', 'Hailan'].map((text) => written.find((line) => line.text === text));
    expect(title?.y).to.equal(issuer?.y);
    expect(issuer?.right).to.be.lessThan(title?.x ?? 0);
  });

  it('measures each weight and size by itself, although layouts are remembered', async () => {
    await makePdf(SETTINGS, (pdf) => {
      const text = 'hexagon bolt, 六角螺栓 M8';
      const measured = (size: number, weight: 'regular' | 'bold'): [ours: number, pdfkits: number] => {
        writeLine(pdf, text, { x: 0, y: 0, width: 500 }, { size, weight });
        return [widthOf(weight, text) * size, pdf.doc.widthOfString(text)];
      };
      const [small] = measured(8, 'regular');
      for (const [size, weight] of [
        [16, 'regular'],
        [8, 'bold'],
        [8, 'regular'],
      ] as const) {
        const [ours, pdfkits] = measured(size, weight);
        expect(ours).to.be.closeTo(pdfkits, 0.001);
        if (weight === 'bold') expect(ours).to.be.greaterThan(small);
        else expect(ours).to.be.closeTo((small * size) / 8, 0.001);
      }
    });
  });
});

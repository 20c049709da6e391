import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import { drawParagraph } from '../../src/platform/pdf/blocks.ts';
import { makePdf, type PdfSettings } from '../../src/platform/pdf/pdf.ts';
import { readableIn, textOfPdf } from './readable.ts';

const SETTINGS: PdfSettings = {
  title: 'Letter',
  lang: 'en',
  author: 'Hailan',
  createdAt: new Date('2026-03-02T10:00:00Z'),
  runningTitle: '',
  footer: '',
  pageLabel: (page, count) => `${page}/${count}`,
};

describe('reading what lies in a file', () => {
  it('finds a figure in a PDF of ours, whose pages hold no letters', async () => {
    const pdf = await makePdf(SETTINGS, (page) => {
      drawParagraph(page, 'The first price is 45.0917 USD.');
      drawParagraph(page, '单价 62.8814', { weight: 'bold' });
    });
    expect(pdf.toString('latin1')).not.to.include('45.0917');
    expect(textOfPdf(pdf)).to.include('The first price is 45.0917 USD.').and.to.include('单价 62.8814');
  });

  it('finds one in a workbook', async () => {
    const book = new ExcelJS.Workbook();
    book.addWorksheet('Prices').addRow(['45.0917']);
    const file = Buffer.from(await book.xlsx.writeBuffer());
    expect(file.toString('latin1')).not.to.include('45.0917');
    expect(await readableIn(file)).to.include('45.0917');
  });
});

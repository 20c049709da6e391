import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { checkFile, FileRefused } from '../../../src/platform/storage/check-file.ts';
import { bareWorkbook, scratchFolder } from '../../support/scratch-files.ts';

const PDF = '%PDF-1.7\n1 0 obj <<>> endobj\n';
const PNG = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000001000000010806000000' +
    '1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082',
  'hex',
);
const PROGRAM = Buffer.concat([Buffer.from('4d5a900003000000', 'hex'), Buffer.alloc(200)]);

describe('taking in a file of somebody else', () => {
  let files: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => {
    files = await scratchFolder();
  });
  afterEach(() => files.remove());

  const faultOf = async (file: string, name: string): Promise<string> => {
    const outcome = await checkFile(file, name).catch((error: unknown) => error);
    return outcome instanceof FileRefused ? outcome.fault : `taken as ${String(outcome)}`;
  };
  const faultOfContent = async (name: string, content: string | Buffer): Promise<string> =>
    faultOf(await files.write('upload', content), name);

  it('takes each accepted kind whose content is what its name says', async () => {
    for (const [name, content, mediaType] of [
      ['drawing.PDF', PDF, 'application/pdf'],
      ['photo.png', PNG, 'image/png'],
      ['prices.csv', 'a;b\n1;2\n', 'text/csv'],
      ['notes.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('物料', 'utf16le')]), 'text/plain'],
      ['part.dwg', 'AC1032\u0000\u0000\u0000', 'image/vnd.dwg'],
      ['part.stp', 'ISO-10303-21;\nHEADER;\n', 'model/step'],
    ] as const)
      expect(await faultOfContent(name, content), name).to.equal(`taken as ${mediaType}`);
    expect(await faultOf(await files.workbook((sheet) => sheet.addRow([1])), 'prices.xlsx')).to.match(
      /spreadsheetml/,
    );
  });

  it('refuses a file whose content is not what its name says', async () => {
    for (const [name, content] of [
      ['invoice.pdf', PROGRAM],
      ['photo.png', PDF],
      ['prices.csv', PROGRAM],
      ['prices.csv', PDF],
      ['notes.txt', '#!/bin/sh\nrm -rf /\n'],
      ['letter.docx', PDF],
      ['part.step', 'something else'],
    ] as const)
      expect(await faultOfContent(name, content), name).to.equal('content-differs');
    const workbook = await files.workbook((sheet) => sheet.addRow([1]));
    expect(await faultOf(workbook, 'letter.docx')).to.equal('content-differs');
  });

  it('refuses kinds that are not on the list, whatever is in them', async () => {
    for (const name of ['setup.exe', 'page.html', 'picture.svg', 'book.xlsm', 'noextension', 'a.constructor'])
      expect(await faultOfContent(name, PDF), name).to.equal('kind-not-accepted');
  });

  it('refuses an empty file', async () => {
    expect(await faultOfContent('a.pdf', '')).to.equal('empty');
  });

  it('refuses macros, also under a name that promises none', async () => {
    const parts = bareWorkbook('');
    expect(await faultOf(await files.zip('a', { ...parts, 'xl/vbaProject.bin': 'x' }), 'a.xlsx')).to.equal(
      'macros',
    );
    const types =
      '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>';
    expect(
      await faultOf(await files.zip('b', { ...parts, '[Content_Types].xml': types }), 'b.xlsx'),
    ).to.equal('macros');
  });

  it('takes an archive of accepted files only, and none inside another', async () => {
    expect(await faultOf(await files.zip('a', { 'drawings/a.pdf': PDF, 'b.txt': 'b' }), 'a.zip')).to.match(
      /^taken/,
    );
    for (const inner of ['setup.exe', 'deeper.zip', 'noextension'])
      expect(await faultOf(await files.zip('b', { 'a.pdf': PDF, [inner]: 'x' }), 'b.zip')).to.equal(
        'kind-not-accepted',
      );
  });

  it('refuses an archive that inflates beyond measure, and one that is cut off', async () => {
    const bomb = await files.zip('bomb', { 'a.txt': Buffer.alloc(50_000_000, 'a') });
    expect((await readFile(bomb)).length).to.be.lessThan(60_000);
    expect(await faultOf(bomb, 'bomb.zip')).to.equal('bomb');
    const whole = await readFile(await files.zip('whole', { 'a.pdf': PDF, 'b.pdf': PDF }));
    expect(await faultOfContent('half.zip', whole.subarray(0, whole.length - 60))).to.equal(
      'content-differs',
    );
  });

  it('refuses an archive whose sizes are a lie', async () => {
    const honest = await readFile(await files.zip('z', { 'a.txt': Buffer.alloc(3_000_000, 'a') }));
    // The central directory says how large the file will be: let it say ten bytes.
    const entry = honest.indexOf(Buffer.from('504b0102', 'hex'));
    honest.writeUInt32LE(10, entry + 24);
    expect(await faultOfContent('liar.zip', honest)).to.equal('damaged');
  });

  it('refuses an archive with a way out of its folder', async () => {
    const bytes = await readFile(await files.zip('z', { 'aa/aa/a.txt': 'x' }));
    const evil = Buffer.from(bytes.toString('latin1').replaceAll('aa/aa/a.txt', '../../a.txt'), 'latin1');
    expect(await faultOfContent('evil.zip', evil)).to.equal('damaged');
  });
});

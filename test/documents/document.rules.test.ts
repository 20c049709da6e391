import { expect } from 'chai';
import { cleanFileName, contentDisposition, type Document, readingOf } from '../../src/documents/document.ts';
import { type Actor, anonymous, system } from '../../src/kernel/actor.ts';

const staff: Actor = { kind: 'staff', userId: 'u', name: 'Buyer', roles: ['buyer'], supplierId: null };
const supplier = (supplierId: string): Actor => ({
  kind: 'supplier',
  userId: 'u',
  name: 'Sales',
  roles: ['supplier_sales'],
  supplierId,
});
const document = (visibility: Document['visibility'], supplierId: string | null = null): Document => ({
  id: 'd',
  subject: { type: 'sourcing_event', id: 'e' },
  kind: 'attachment',
  version: 1,
  fileName: 'a.pdf',
  mediaType: 'application/pdf',
  sizeBytes: 1,
  sha256: '',
  storageKey: '',
  visibility,
  supplierId,
  state: 'clean',
  uploadedBy: null,
  createdAt: new Date(0),
});

describe('deciding who reads a file', () => {
  it('gives a supplier its own and leaves those for participants to the domain', () => {
    for (const [actor, file, answer] of [
      [supplier('A'), document('supplier', 'A'), 'yes'],
      [supplier('A'), document('supplier', 'B'), 'no'],
      [supplier('A'), document('internal'), 'no'],
      [supplier('A'), document('internal', 'A'), 'no'],
      [supplier('A'), document('participants'), 'ask-domain'],
      [{ ...supplier('A'), supplierId: null }, document('participants'), 'no'],
      [staff, document('internal'), 'ask-domain'],
      [staff, document('supplier', 'A'), 'ask-domain'],
      [system('job'), document('internal'), 'yes'],
      [anonymous, document('participants'), 'no'],
    ] as const)
      expect(readingOf(actor, file), `${actor.kind} ${file.visibility}`).to.equal(answer);
  });
});

describe('naming a file', () => {
  it('keeps a name in any script and drops what is not a name', () => {
    for (const [given, kept] of [
      ['图纸 v2.pdf', '图纸 v2.pdf'],
      ['C:\\Users\\me\\quote.xlsx', 'quote.xlsx'],
      ['../../etc/passwd.txt', 'passwd.txt'],
      ['a\r\nb\tc.pdf', 'abc.pdf'],
      ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
      ['a<b>"c"|d?.pdf', 'a_b__c__d_.pdf'],
      ['  .. a  b .pdf', 'a b .pdf'],
      ['e\u0301.pdf', '\u00e9.pdf'],
    ] as const)
      expect(cleanFileName(given), given).to.equal(kept);
  });

  it('refuses a name of nothing, and one with a NUL', () => {
    for (const given of ['', '.pdf', '   ', 'noextension', 'a\u0000.pdf', '../'])
      expect(cleanFileName(given), given).to.equal(null);
  });

  it('cuts a long name and keeps its extension', () => {
    expect(cleanFileName(`${'长'.repeat(300)}.pdf`)).to.equal(`${'长'.repeat(150)}.pdf`);
  });

  it('writes the download header for every script, and lets no name add another header', () => {
    expect(contentDisposition('attachment', '采购订单 "1".pdf')).to.equal(
      `attachment; filename="____ _1_.pdf"; filename*=UTF-8''%E9%87%87%E8%B4%AD%E8%AE%A2%E5%8D%95%20%221%22.pdf`,
    );
    expect(contentDisposition('inline', "a'(1)*.pdf")).to.equal(
      `inline; filename="a'(1)*.pdf"; filename*=UTF-8''a%27%281%29%2A.pdf`,
    );
  });
});

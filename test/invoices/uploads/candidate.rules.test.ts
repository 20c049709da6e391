import { expect } from 'chai';
import { type Candidate, candidateTaken, rankCandidates } from '../../../src/invoices/uploads/candidate.ts';
import { readStructuredInvoice } from '../../../src/invoices/uploads/structured-invoice.ts';
import { readXml } from '../../../src/platform/xml/read-xml.ts';
import { ublInvoice } from '../../support/factories/structured-invoices.ts';

const candidate = (over: Partial<Candidate>): Candidate => ({
  kind: 'receipt',
  id: 'a',
  reference: 'GR-2026-0001',
  orderReferences: ['PO-2026-0001'],
  title: 'Bearings',
  on: '2026-03-01',
  currency: 'USD',
  openAmount: '100.00',
  ...over,
});
const A = candidate({});
const B = candidate({
  id: 'b',
  reference: 'GR-2026-0002',
  orderReferences: ['PO-2026-0042'],
  openAmount: '175.00',
  on: '2026-03-02',
});
const readOf = (of: Parameters<typeof ublInvoice>[0]) => {
  const read = readStructuredInvoice(readXml(Buffer.from(ublInvoice(of))));
  return typeof read === 'string' ? null : read;
};
const ranked = (fileName: string, read = readOf({ net: '1' })) => rankCandidates([A, B], { fileName, read });

describe('what a document may be for', () => {
  it('is what waits longest where nothing else is known, and nobody is asked to believe it', () => {
    const found = ranked('scan.pdf', null);
    expect(found.map((one) => [one.id, one.reasons])).to.deep.equal([
      ['a', []],
      ['b', []],
    ]);
    expect(candidateTaken(found)).to.equal(null);
  });

  it('is the order whose number stands in the file’s name, however it is written', () => {
    const found = ranked('invoice po_2026 0042 final.PDF', null);
    expect(found[0]).to.deep.include({ id: 'b', reasons: ['order-number'] });
    expect(candidateTaken(found)?.id).to.equal('b');
  });

  it('is the order that a structured file names, or else the one with its sum', () => {
    expect(candidateTaken(ranked('x.xml', readOf({ order: 'PO-2026-0042', net: '9' })))?.id).to.equal('b');
    const bySum = ranked('x.xml', readOf({ net: '175.00' }));
    expect(bySum[0]).to.deep.include({ id: 'b', reasons: ['amount'] });
    expect(candidateTaken(bySum)).to.equal(null);
  });

  it('is never taken in another currency, nor where two bear the number', () => {
    const other = ranked('x.xml', readOf({ order: 'PO-2026-0042', currency: 'EUR' }));
    expect(other.at(-1)?.reasons).to.include('other-currency');
    expect(candidateTaken(other)).to.equal(null);
    const twice = rankCandidates([A, candidate({ id: 'c', reference: 'GR-2026-0009' })], {
      fileName: 'PO-2026-0001.pdf',
      read: null,
    });
    expect(candidateTaken(twice)).to.equal(null);
  });
});

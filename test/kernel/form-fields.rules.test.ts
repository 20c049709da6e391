import { expect } from 'chai';
import { differingFields, typedRows, withEmptyRows } from '../../src/kernel/form-fields.ts';

describe('the fields of a form as text', () => {
  const empty = { item: '', quantity: '' };

  it('has three rows to begin with, and none more than were filled unless one is asked for', () => {
    expect(withEmptyRows([], empty)).to.have.length(3);
    const four = Array.from({ length: 4 }, () => ({ item: 'A', quantity: '1' }));
    expect(withEmptyRows(four, empty)).to.deep.equal(four);
    expect(withEmptyRows(four, empty, 1)).to.deep.equal([...four, empty]);
  });

  it('shows rows again as they were typed, and nothing that is no text or no field of theirs', () => {
    expect(typedRows([{ item: ' A', other: 'x', quantity: ['1'] }], empty)).to.deep.equal([
      { item: ' A', quantity: '' },
    ]);
    expect(typedRows('A', empty)).to.deep.equal([]);
  });

  it('tells what differs, and not that a browser ends lines in another way', () => {
    const stored = { title: 'Bolts', note: 'first\nsecond' };
    expect(differingFields(stored, { title: ' Bolts ', note: 'first\r\nsecond' })).to.deep.equal([]);
    expect(differingFields(stored, { title: 'Nuts' })).to.deep.equal([
      { field: 'title', stored: 'Bolts', typed: 'Nuts' },
    ]);
  });
});

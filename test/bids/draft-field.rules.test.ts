import { expect } from 'chai';
import fc from 'fast-check';
import { type BidDraft, emptyDraft } from '../../src/bids/bid-draft.ts';
import { fieldOf, withField } from '../../src/bids/draft-field.ts';

const unitOf = (): string => 'C62';
const names = fc.constantFrom(
  'lines[a][unitPrice]',
  'lines[a][leadTimeDays]',
  'lines[b][note]',
  'lines[b][capacity]',
  'lines[a][pricedUnit]',
  'lines[b][unitsPer]',
  'lines[a][unitReason]',
  'lines[a][tiers][q500]',
  'lines[a][tiers][q2_5]',
  'lines[a][alternates][0][description]',
  'lines[a][alternates][2][unitPrice]',
  'lines[b][alternates][1][leadTimeDays]',
  'answers[q][answer]',
  'notes[technical]',
  'note',
  'currency',
  'validUntilOn',
);

describe('the fields of a bid that is written in the browser', () => {
  it('hold what was typed into them last, and change no other', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string())), (typed) => {
        const draft = typed.reduce<BidDraft>(
          (so, [name, text]) => withField(so, name, { typed: text, unitOf }),
          emptyDraft,
        );
        for (const [name, text] of new Map(typed)) expect(fieldOf(draft, name, unitOf)).to.equal(text);
      }),
    );
  });

  it('keep an answer’s proofs, and alternates before the one that was typed as empty rows', () => {
    const before: BidDraft = { ...emptyDraft, answers: { q: { answer: '', fileIds: ['f'] } } };
    const draft = withField(
      withField(before, 'answers[q][answer]', { typed: 'yes', unitOf }),
      'lines[a][alternates][1][unitPrice]',
      { typed: '3', unitOf },
    );
    expect(draft.answers).to.deep.equal({ q: { answer: 'yes', fileIds: ['f'] } });
    const empty = { description: '', unitPrice: '', leadTimeDays: '' };
    expect(draft.lines['a']?.alternates).to.deep.equal([empty, { ...empty, unitPrice: '3' }]);
  });

  it('are those of a draft alone', () => {
    for (const name of ['_csrf', 'files', 'q', '', '__proto__[x]'])
      expect(withField(emptyDraft, name, { typed: 'x', unitOf }), name).to.equal(emptyDraft);
    expect(fieldOf(emptyDraft, 'revision', unitOf)).to.equal('');
  });
});

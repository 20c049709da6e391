import { expect } from 'chai';
import type { BidFile } from '../../src/bids/bid-draft.ts';
import { assertAnswered, readAnswer, readResponses } from '../../src/bids/response.ts';
import { isKnockOut, type Requirement } from '../../src/sourcing/index.ts';
import { refusal } from '../support/refusal.ts';

const question = (over: Partial<Requirement> = {}): Requirement => ({
  id: 'q',
  number: 1,
  envelope: 'technical',
  kind: 'text',
  prompt: 'How?',
  help: '',
  isRequired: true,
  options: [],
  minimum: null,
  maximum: null,
  unit: '',
  knockOut: null,
  criterionId: null,
  scoring: null,
  lotId: null,
  ...over,
});
const file: BidFile = { fileId: 'f', fileName: 'a.pdf', sizeBytes: 1, sha256: '' };

describe('an answer', () => {
  for (const [over, typed, read] of [
    [{ kind: 'yes_no' }, 'yes', 'yes'],
    [{ kind: 'yes_no' }, 'Yes', 'response.not-a-choice'],
    [{ kind: 'choice', options: ['Steel ½"', 'Brass'] }, 'Steel ½"', 'Steel ½"'],
    [{ kind: 'choice', options: ['Steel', 'Brass'] }, 'Gold', 'response.not-a-choice'],
    [{ kind: 'number' }, ' 12.50 ', '12.5'],
    [{ kind: 'number' }, '１２', '12'],
    [{ kind: 'number' }, '-3', '-3'],
    [{ kind: 'number' }, '1,5', 'response.not-a-number'],
    [{ kind: 'number' }, '1e5', 'response.not-a-number'],
    [{ kind: 'number', minimum: '5' }, '4.999', 'response.too-small'],
    [{ kind: 'number', minimum: '5', maximum: '5' }, '5', '5'],
    [{ kind: 'number', maximum: '5' }, '5.001', 'response.too-large'],
    [{ kind: 'date' }, '2026-02-28', '2026-02-28'],
    [{ kind: 'date' }, '2026-02-30', 'response.not-a-day'],
    [{ kind: 'text' }, '  as written ½ ', 'as written ½'],
    [{ kind: 'text' }, 'x'.repeat(5001), 'response.too-long'],
    [{ kind: 'text' }, '  ', null],
  ] as [Partial<Requirement>, string, string | null][])
    it(`of kind ${over.kind} reads ${JSON.stringify(typed.slice(0, 20))} as ${read ?? 'none'}`, () => {
      const result = readAnswer(question(over), typed);
      expect('code' in result ? result.code : result.answer).to.equal(read);
    });

  it('is missing where it is needed; what cannot be read is an error instead, and a file is an answer to itself', () => {
    const missing = (over: Partial<Requirement>, typed: string, files: BidFile[] = []): boolean[] =>
      readResponses(
        [question(over)],
        {
          answers: { q: { answer: typed, fileIds: ['f'] } },
          files,
        },
        isKnockOut,
      ).responses.map((one) => one.isMissing);
    expect(missing({}, '')).to.deep.equal([true]);
    expect(missing({ isRequired: false }, '')).to.deep.equal([false]);
    expect(missing({ kind: 'number' }, 'x')).to.deep.equal([false]);
    expect(missing({ kind: 'file' }, '')).to.deep.equal([true]);
    expect(missing({ kind: 'file' }, '', [file])).to.deep.equal([false]);
    // A proof is no answer.
    expect(missing({}, '', [file])).to.deep.equal([true]);
  });

  it('of one lot follows from nothing where the bid is for another', () => {
    const asked = question({ kind: 'yes_no', lotId: 'l', knockOut: { by: 'answer', passes: ['yes'] } });
    const read = (answer: string, lotIds: readonly (string | null)[]) => {
      const answers = { q: { answer, fileIds: [] } };
      const result = readResponses([asked], { answers, files: [] }, isKnockOut, new Set(lotIds));
      return [
        ...result.responses.map((one) => [one.isAsked, one.isMissing, one.isKnockOut]),
        result.errors.length,
      ];
    };
    expect(read('', ['m'])).to.deep.equal([[false, false, false], 0]);
    expect(read('', ['m', 'l'])).to.deep.equal([[true, true, false], 0]);
    expect(read('no', ['m'])).to.deep.equal([[false, false, false], 0]);
    expect(read('no', ['l'])).to.deep.equal([[true, false, true], 0]);
    expect(read('perhaps', [null])).to.deep.equal([[false, false, false], 0]);
    expect(read('perhaps', ['l'])).to.deep.equal([[true, false, false], 1]);
  });

  it('keeps a bid from being submitted while it is missing, and not where it excludes the bid', async () => {
    const knockOut = { by: 'answer', passes: ['yes'] } as const;
    const asked = [question({ kind: 'yes_no', knockOut }), question({ id: 'r', number: 2 })];
    const read = (typed: Record<string, string>) => {
      const answers = Object.entries(typed).map(([id, answer]) => [id, { answer, fileIds: [] }]);
      return readResponses(asked, { answers: Object.fromEntries(answers), files: [] }, isKnockOut);
    };
    const wrong = read({ q: 'no', r: 'so' });
    expect(wrong.responses.map((one) => one.isKnockOut)).to.deep.equal([true, false]);
    assertAnswered(wrong.responses);
    const refused = await refusal((async () => assertAnswered(read({ q: 'yes' }).responses))());
    expect(refused.code).to.equal('bid.responses-missing');
  });
});

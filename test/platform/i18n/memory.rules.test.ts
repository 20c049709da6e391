import { expect } from 'chai';
import { makeMemory } from '../../../src/platform/i18n/memory.ts';

describe('remembering what was written', () => {
  it('makes a text once, and another for another key', () => {
    const remember = makeMemory<string>();
    let made = 0;
    const write = (key: string): string =>
      remember(key, () => {
        made += 1;
        return `text of ${key}`;
      });
    expect([write('a'), write('b'), write('a')]).to.deep.equal(['text of a', 'text of b', 'text of a']);
    expect(made).to.equal(2);
  });

  it('remembers nothing that could not be made, so that it is tried again', () => {
    const remember = makeMemory<string>();
    expect(() => remember('a', () => JSON.parse('no JSON'))).to.throw(SyntaxError);
    expect(remember('a', () => 'made')).to.equal('made');
  });

  it('does not grow with what passes through it', () => {
    const remember = makeMemory<number>();
    for (let key = 0; key < 12_000; key += 1) remember(String(key), () => key);
    let isMadeAgain = false;
    remember('0', () => {
      isMadeAgain = true;
      return 0;
    });
    expect(isMadeAgain).to.equal(true);
  });
});

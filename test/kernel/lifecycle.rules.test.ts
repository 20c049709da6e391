import { expect } from 'chai';
import { AppError } from '../../src/kernel/errors.ts';
import { defineLifecycle } from '../../src/kernel/lifecycle.ts';

describe('defining a lifecycle', () => {
  const door = defineLifecycle('door', 'open', {
    open: { shut: 'closed' },
    closed: { open: 'open', brick: 'bricked' },
    bricked: {},
  });

  it('moves along its table, and draws its actions from it', () => {
    expect(door.next('open', 'shut')).to.equal('closed');
    expect(door.actionsIn('closed')).to.deep.equal(['open', 'brick']);
  });

  it('refuses what the table does not have, and names it', () => {
    expect(() => door.next('open', 'brick'))
      .to.throw(AppError)
      .with.property('code', 'door.cannot-brick');
  });

  it('knows which state is final: terminal is terminal', () => {
    expect(door.states.filter((state) => door.isTerminal(state))).to.deep.equal(['bricked']);
  });

  it('refuses at start-up a state that nothing leads to', () => {
    expect(() => defineLifecycle('door', 'open', { open: {}, lost: { shut: 'open' } })).to.throw(
      'unreachable states lost',
    );
  });
});

import path from 'node:path';
import { expect } from 'chai';
import { conflictsOfRoles, roleConflicts, withoutConflicts } from '../../src/identity/role-conflicts.ts';
import { type StaffRole, staffRoles } from '../../src/kernel/actor.ts';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';
import { root } from '../architecture/files.ts';

/** Which of the others each role may be together with: written out, so that a row that goes missing is seen. */
const together: Readonly<Record<StaffRole, readonly StaffRole[]>> = {
  requester: ['buyer', 'approver', 'receiver', 'finance', 'bid_opener', 'administrator'],
  buyer: ['requester', 'approver', 'bid_opener'],
  approver: ['requester', 'buyer', 'bid_opener'],
  receiver: ['requester', 'bid_opener'],
  finance: ['requester', 'bid_opener'],
  bid_opener: ['requester', 'buyer', 'approver', 'receiver', 'finance'],
  auditor: [],
  administrator: ['requester'],
};

describe('granting roles together', () => {
  for (const one of staffRoles)
    for (const other of staffRoles.filter((role) => role !== one)) {
      const isFine = together[one].includes(other);
      it(`${isFine ? 'lets' : 'does not let'} ${one} be ${other} too`, () => {
        expect(conflictsOfRoles([one, other])).to.have.lengthOf(isFine ? 0 : 1);
      });
    }

  it('names every two that conflict, not only the first', () => {
    const found = conflictsOfRoles(['buyer', 'finance', 'auditor']);
    expect(found.map(({ reason, roles }) => [reason, ...roles])).to.deep.equal([
      ['buys-and-pays', 'buyer', 'finance'],
      ['audits-and-acts', 'buyer', 'auditor'],
      ['audits-and-acts', 'finance', 'auditor'],
    ]);
  });

  it("finds nothing in a supplier's roles, which are its own affair", () => {
    expect(conflictsOfRoles(['supplier_administrator', 'supplier_sales', 'supplier_accounts'])).to.deep.equal(
      [],
    );
  });

  it('leaves of two the one that may do less, and says what went and why', () => {
    expect(withoutConflicts(['administrator', 'finance', 'buyer'])).to.deep.equal({
      kept: ['buyer'],
      leftOff: [
        { role: 'finance', because: 'buyer', reason: 'buys-and-pays' },
        { role: 'administrator', because: 'buyer', reason: 'administers-and-acts' },
      ],
    });
  });

  it('leaves off what conflicts with a role the person has from elsewhere', () => {
    expect(withoutConflicts(['buyer', 'requester'], ['finance'])).to.deep.equal({
      kept: ['requester'],
      leftOff: [{ role: 'buyer', because: 'finance', reason: 'buys-and-pays' }],
    });
  });

  it('has its words in both languages', () => {
    const catalogue = loadCatalogue(path.join(root, 'config/locales'));
    for (const { reason } of roleConflicts)
      for (const locale of ['en', 'zh-CN'] as const)
        expect(catalogue.has(locale, `errors.role_conflict.${reason}`), reason).to.equal(true);
  });
});

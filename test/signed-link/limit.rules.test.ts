import { expect } from 'chai';
import { permissions } from '../../config/permissions.ts';
import { access } from '../../src/access.ts';
import { withinLimit } from '../../src/audit/limited-acts.ts';
import { decide } from '../../src/identity/decide.ts';
import { contentOf, fieldsOf, isLive, newCode, plainCode } from '../../src/identity/signed-link/act-code.ts';
import { placeOf, purposeNames, purposes } from '../../src/identity/signed-link/purpose.ts';
import {
  isToken,
  isUsable,
  limitOf,
  linkEndsAt,
  withConfirmed,
} from '../../src/identity/signed-link/signed-link.ts';

import type { Actor } from '../../src/kernel/actor.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/id.ts';
import { isWithinLimit } from '../../src/kernel/limit.ts';

const orderId = newId();
const otherId = newId();
const NOW = new Date('2026-03-02T10:00:00Z');
const signedIn: Actor = {
  kind: 'supplier',
  userId: newId(),
  name: 'Mei',
  roles: ['supplier_administrator'],
  supplierId: newId(),
};
const limitedTo = limitOf({ id: newId(), purpose: 'order', subjectId: orderId, reference: 'PO-1' });
if (limitedTo === null) throw new Error('An order has a purpose');
const byLink: Actor = { ...signedIn, limitedTo };
const act = (action: string) => ({ action, subject: { type: 'purchase_order', id: orderId } });
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('the limit of a link', () => {
  it('reaches the rights of its purpose and no other, and only its own document', () => {
    expect(isWithinLimit(byLink, 'order.read')).to.equal(true);
    expect(isWithinLimit(byLink, 'bid.own')).to.equal(false);
    expect(isWithinLimit(byLink, 'document.read', { type: 'purchase_order', id: orderId })).to.equal(true);
    expect(isWithinLimit(byLink, 'document.read', { type: 'purchase_order', id: otherId })).to.equal(false);
    expect(isWithinLimit(byLink, 'document.read', { type: 'invoice', id: orderId })).to.equal(false);
    expect(isWithinLimit(signedIn, 'bid.own')).to.equal(true);
  });

  it('holds where rights are decided, with a document and without', () => {
    const may = (actor: Actor, right: string) => decide(access, actor, right, null, null).isAllowed;
    expect([may(byLink, 'order.read'), may(byLink, 'bid.own'), may(byLink, 'security.manage')]).to.deep.equal(
      [true, false, false],
    );
    expect([
      may(signedIn, 'order.read'),
      may(signedIn, 'bid.own'),
      may(signedIn, 'security.manage'),
    ]).to.deep.equal([true, true, true]);
  });

  it('names rights that there are', () => {
    const named = purposeNames.flatMap((name) => purposes[name].permissions);
    expect(named.filter((right) => !(right in permissions))).to.deep.equal([]);
  });

  it('knows its own document, another one, and what is neither', () => {
    const of = (method: string, path: string) =>
      placeOf(purposes.order, { subjectId: orderId, method, path });
    expect(of('GET', `/orders/${orderId}`)).to.equal('own');
    expect(of('HEAD', `/orders/${orderId}`)).to.equal('own');
    expect(of('POST', `/orders/${orderId}/acknowledgement`)).to.equal('own');
    expect(of('GET', `/orders/${otherId}`)).to.equal('other');
    expect(of('GET', `/messages/purchase_order/${orderId}`)).to.equal('own');
    expect(of('GET', `/messages/invoice/${orderId}`)).to.equal('outside');
    for (const path of [
      '/orders',
      `/orders/${orderId}/`,
      `/ORDERS/${orderId}`,
      `/x/orders/${orderId}`,
      `/invoices/${orderId}`,
    ])
      expect(of('GET', path), path).to.equal('outside');
    expect(of('POST', `/orders/${orderId}`)).to.equal('outside');
    expect(of('DELETE', `/orders/${orderId}`)).to.equal('outside');
  });

  it('lets an act that binds into the record with the code for this very act only', () => {
    const acknowledged = act('purchase_order.acknowledged');
    expect(codeOf(() => withinLimit(byLink, [acknowledged]))).to.equal('signed-link.needs-code');
    expect(codeOf(() => withinLimit(withConfirmed(byLink, 'invoice.corrected'), [acknowledged]))).to.equal(
      'signed-link.needs-code',
    );
    const [recorded] = withinLimit(withConfirmed(byLink, 'purchase_order.acknowledged'), [acknowledged]);
    expect(recorded?.changes).to.deep.equal({ signedLinkId: limitedTo.linkId });
  });

  it('lets no act into the record that the link is not for', () => {
    for (const action of [
      'purchase_order.closed',
      'bid.submitted',
      'user.password-set',
      'toString',
      'constructor',
    ])
      expect(
        codeOf(() => withinLimit(byLink, [act(action)])),
        action,
      ).to.equal('page.not-found');
    expect(codeOf(() => withinLimit(byLink, [act('message.written')]))).to.equal('done');
    expect(withinLimit(signedIn, [act('bid.submitted')])).to.deep.equal([act('bid.submitted')]);
  });
});

describe('a link from a mail', () => {
  it('works until, and not at, its end, and not once it was stopped', () => {
    const expiresAt = NOW;
    const before = new Date(NOW.getTime() - 1);
    expect(isUsable({ expiresAt, revokedAt: null }, before)).to.equal(true);
    expect(isUsable({ expiresAt, revokedAt: null }, NOW)).to.equal(false);
    expect(isUsable({ expiresAt, revokedAt: before }, before)).to.equal(false);
    expect(isUsable(undefined, before)).to.equal(false);
  });

  it('lasts as long as its purpose, or as the document where that ends first', () => {
    const end = (name: 'order' | 'invitation', endsAt: string | null) =>
      linkEndsAt(purposes[name], {
        now: NOW,
        endsAt: endsAt === null ? null : new Date(endsAt),
      }).toISOString();
    expect(end('order', null)).to.equal('2026-04-01T10:00:00.000Z');
    expect(end('invitation', '2026-03-09T10:00:00Z')).to.equal('2026-03-09T10:00:00.000Z');
    expect(end('order', '2027-01-01T00:00:00Z')).to.equal('2026-04-01T10:00:00.000Z');
  });

  it('has a token of 43 letters and nothing else', () => {
    expect(isToken('a'.repeat(43))).to.equal(true);
    for (const odd of [
      'a'.repeat(42),
      'a'.repeat(44),
      `${'a'.repeat(42)}/`,
      '',
      null,
      undefined,
      ['a'.repeat(43)],
    ])
      expect(isToken(odd), String(odd)).to.equal(false);
  });
});

describe('a one-time code', () => {
  it('is six digits, however it is typed', () => {
    for (let n = 0; n < 200; n += 1) expect(newCode()).to.match(/^\d{6}$/);
    expect(plainCode(' 012 345 ')).to.equal('012345');
    expect(plainCode('012-345')).to.equal('012345');
  });

  it('counts until its end, once, and for five tries', () => {
    const code = { expiresAt: new Date(NOW.getTime() + 1), usedAt: null, tries: 4 };
    expect(isLive(code, NOW)).to.equal(true);
    expect(isLive({ ...code, expiresAt: NOW }, NOW)).to.equal(false);
    expect(isLive({ ...code, usedAt: NOW }, NOW)).to.equal(false);
    expect(isLive({ ...code, tries: 5 }, NOW)).to.equal(false);
  });

  it('is for one address and content, in whatever order the fields come', () => {
    const form = { version: '1', lines: [{ price: '2', id: 'a' }], note: 'x' };
    const same = { note: 'x', lines: [{ id: 'a', price: '2' }], version: '1' };
    const content = contentOf('/orders/1', fieldsOf(form));
    expect(contentOf('/orders/1', fieldsOf(same))).to.equal(content);
    for (const other of [
      { ...form, version: '2' },
      { ...form, note: '' },
      { ...form, more: 'y' },
    ])
      expect(contentOf('/orders/1', fieldsOf(other))).not.to.equal(content);
    expect(contentOf('/orders/2', fieldsOf(form))).not.to.equal(content);
    expect(fieldsOf(form)).to.deep.include({ name: 'lines[0][price]', value: '2' });
  });
});

import { expect } from 'chai';
import { navigation } from '../../../config/navigation.ts';
import { mainNavigation } from '../../../src/platform/web/main-navigation.ts';

const entry = (href: string, group?: string) => ({
  href,
  labelKey: `nav${href}`,
  permission: 'home.see',
  ...(group === undefined ? {} : { group }),
});
const many = [
  entry('/'),
  entry('/events', 'sourcing'),
  entry('/orders', 'orders'),
  entry('/awards', 'sourcing'),
  entry('/bids', 'sourcing'),
  entry('/deliveries', 'orders'),
  entry('/reports'),
  entry('/audit', 'administration'),
];

describe('the main navigation', () => {
  it('shows pages side by side while they are few', () => {
    const items = mainNavigation(many.slice(0, 7), '/orders/1');
    expect(items.map((item) => item.href)).to.deep.equal(many.slice(0, 7).map(({ href }) => href));
    expect(items.filter((item) => item.isCurrent).map((item) => item.href)).to.deep.equal(['/orders']);
  });

  it('shows groups where they are many, each where its first page stands; a group of one is its page', () => {
    const items = mainNavigation(many, '/awards');
    expect(items.map((item) => [item.labelKey, item.entries.map(({ href }) => href)])).to.deep.equal([
      ['nav/', []],
      ['nav.group.sourcing', ['/events', '/awards', '/bids']],
      ['nav.group.orders', ['/orders', '/deliveries']],
      ['nav/reports', []],
      ['nav/audit', []],
    ]);
    expect(items.filter((item) => item.isCurrent).map((item) => item.labelKey)).to.deep.equal([
      'nav.group.sourcing',
    ]);
  });

  it('knows a page by its whole name: /awards is not /awards-list', () => {
    expect(mainNavigation(many, '/awards-list').some((item) => item.isCurrent)).to.equal(false);
  });

  it('leads to each page once', () => {
    const pages = navigation.map(({ href }) => href);
    expect(pages).to.deep.equal([...new Set(pages)]);
  });
});

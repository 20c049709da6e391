import { expect } from 'chai';
import { formatFor } from '../../../src/platform/i18n/format.ts';

describe('writing values for a reader', () => {
  const en = formatFor('en');
  const zh = formatFor('zh-CN');

  it('writes an instant as date, time and zone in every language', () => {
    const at = new Date('2026-11-24T09:00:00Z');
    expect(en.instant(at, 'Asia/Shanghai')).to.equal('24 Nov 2026 17:00 GMT+8');
    expect(zh.instant(at, 'Asia/Shanghai')).to.equal('2026/11/24 17:00 GMT+8');
    expect(en.instant(at, 'Europe/Berlin')).to.equal('24 Nov 2026 10:00 CET');
  });

  it('writes exact decimals: no digit of a long number is lost or invented', () => {
    expect(en.amount('123456789012345678.90', 'USD')).to.equal('123,456,789,012,345,678.90');
    expect(en.price('0.105', 'USD')).to.equal('0.105');
    expect(en.price('12', 'JPY')).to.equal('12');
    expect(en.quantity('12.500000')).to.equal('12.5');
  });

  it('shows a price that nobody entered as missing, never as zero', () => {
    expect(en.money(null, 'USD')).to.equal('—');
  });

  it('does not shift a day by the zone', () => {
    expect(en.day('2026-03-01')).to.equal('1 Mar 2026');
    expect(zh.day('2026-03-01')).to.equal('2026/3/1');
  });

  it('writes a month as people say it, of its first day and its last', () => {
    for (const day of ['2026-03-01', '2026-03-31']) {
      expect(en.month(day)).to.equal('March 2026');
      expect(zh.month(day)).to.equal('2026年3月');
    }
  });
});

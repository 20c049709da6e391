import path from 'node:path';
import { expect } from 'chai';
import {
  type NotificationValue,
  notificationLifecycle,
  writeValue,
} from '../../src/notifications/notification.ts';
import { plainText, writeMail } from '../../src/notifications/notification-mail.ts';
import { stateOf } from '../../src/notifications/queues.queries.ts';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';

const catalogue = loadCatalogue(path.join(import.meta.dirname, '../../config/locales'));
const berlin = { locale: 'en', timeZone: 'Europe/Berlin' } as const;
const shanghai = { locale: 'zh-CN', timeZone: 'Asia/Shanghai' } as const;

describe('writing a value for its reader', () => {
  const cases: readonly [NotificationValue, string | number, string | number][] = [
    ['RFQ-2026-0042', 'RFQ-2026-0042', 'RFQ-2026-0042'],
    [3, 3, 3],
    [{ amount: '1234567.5', currency: 'USD' }, '1,234,567.50 USD', '1,234,567.50 USD'],
    [{ amount: '1200', currency: 'JPY' }, '1,200 JPY', '1,200 JPY'],
    [{ quantity: '12.500000', unit: 'KGM' }, '12.5 kg', '12.5 千克'],
    [{ day: '2026-11-24' }, '24 Nov 2026', '2026/11/24'],
    [{ instant: '2026-11-24T09:00:00Z' }, '24 Nov 2026 10:00 CET', '2026/11/24 17:00 GMT+8'],
    [{ key: 'role.buyer' }, 'Buyer', '采购员'],
  ];
  for (const [value, english, chinese] of cases)
    it(`writes ${JSON.stringify(value)} as each language does`, () => {
      expect(writeValue(catalogue, berlin, value)).to.equal(english);
      expect(writeValue(catalogue, shanghai, value)).to.equal(chinese);
    });

  it("shows an instant in its document's zone first and in the reader's beside it", () => {
    const closing = { instant: '2026-11-24T09:00:00Z', timeZone: 'Asia/Shanghai' };
    expect(writeValue(catalogue, berlin, closing)).to.equal(
      '24 Nov 2026 17:00 GMT+8 (24 Nov 2026 10:00 CET)',
    );
  });

  it('shows an instant once when both zones are the same', () => {
    const closing = { instant: '2026-11-24T09:00:00Z', timeZone: 'Europe/Berlin' };
    expect(writeValue(catalogue, berlin, closing)).to.equal('24 Nov 2026 10:00 CET');
  });
});

describe('writing a mail', () => {
  const words = writeMail(
    catalogue,
    {
      template: 'test-message',
      params: { company: 'Hailan' },
      facts: [{ label: 'mailbox.recipient', value: { amount: '10', currency: 'USD' } }],
    },
    {
      reader: berlin,
      companyName: 'Hailan',
      url: 'https://portal.example/orders/1',
      personalLinkHours: 72,
      hasFile: true,
    },
  );

  it('says all that the HTML says in plain text as well', () => {
    const text = plainText(words);
    for (const part of [
      words.heading,
      ...words.paragraphs,
      ...words.notes,
      words.action.url,
      'Recipient: 10.00 USD',
    ])
      expect(text).to.include(part);
    expect(words.paragraphs).to.have.length(2);
  });

  it('warns not to pass on a link that signs in, and only then', () => {
    const plain = writeMail(
      catalogue,
      { template: 'test-message', params: { company: 'Hailan' }, facts: [] },
      {
        reader: berlin,
        companyName: 'Hailan',
        url: 'https://portal.example/',
        personalLinkHours: null,
        hasFile: false,
      },
    );
    expect(words.notes.join()).to.include('do not pass it on');
    expect(plain.notes.join()).not.to.include('pass it on');
  });
});

describe('the lifecycle of a notification', () => {
  it('lets a failed mail be sent after all, and never sends a sent one again', () => {
    expect(notificationLifecycle.next('failed', 'send')).to.equal('sent');
    expect(notificationLifecycle.isTerminal('sent')).to.equal(true);
  });
});

describe('judging a scheduled job', () => {
  const now = new Date('2026-03-02T10:00:00Z');
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const hourly = { everyMs: 3_600_000 };
  const cases = [
    ['waiting', { lastRunAt: null, lastError: null }],
    ['well', { lastRunAt: ago(3_600_000), lastError: null }],
    ['failing', { lastRunAt: ago(3_600_000), lastError: 'no' }],
    ['well', { lastRunAt: ago(3 * 3_600_000 + 60_000), lastError: null }],
    ['late', { lastRunAt: ago(3 * 3_600_000 + 60_001), lastError: null }],
    ['late', { lastRunAt: ago(24 * 3_600_000), lastError: 'no' }],
  ] as const;
  for (const [state, beat] of cases)
    it(`is ${state} with ${JSON.stringify(beat)}`, () => {
      expect(stateOf(hourly, beat, now)).to.equal(state);
    });
});

import type { BrowserContextOptions } from 'playwright-core';
import type { Locale } from '../../src/platform/i18n/catalogue.ts';
import type { realBidders } from '../support/real-lines.ts';
import { openStage, type Person, type Stage } from './stage.ts';

export type BidderKey = keyof typeof realBidders;

export const BUYER = 'Ana Costa';
export const APPROVER = '张敏 Zhang Min';
export const RECEIVER = '王军 Wang Jun';
export const FINANCE = '陈静 Chen Jing';
export const TITLE = 'Scour protection, riprap';
export const ZONE = 'Asia/Shanghai';
/** The least that passes for a PDF: what is in it is nobody's business here. */
export const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** The people of a journey at their browsers, and what they have made so far. */
export type Journey = {
  stage: Stage;
  t: Stage['t'];
  buyer: Person;
  approver: Person;
  receiver: Person;
  finance: Person;
  bidders: Record<BidderKey, Person>;
  eventId: string;
  eventReference: string;
  /** The order of the bidder that delivers and invoices. */
  orderId: string;
  orderReference: string;
  receiptReference: string;
  invoiceId: string;
};

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/**
 * Seats everybody: the suppliers in Indiana, one of them with an old phone that runs no script, and the receiver
 * at the gate, with a phone.
 */
export async function openJourney(locale: Locale, colorScheme: 'light' | 'dark'): Promise<Journey> {
  const stage = await openStage(locale);
  const staff = (more: BrowserContextOptions = {}) => stage.person({ colorScheme, ...more });
  const supplier = (more: BrowserContextOptions = {}) =>
    stage.person({ colorScheme, timezoneId: 'America/Indiana/Indianapolis', ...more });
  return {
    stage,
    t: stage.t,
    buyer: await staff(),
    approver: await staff(),
    receiver: await staff(PHONE),
    finance: await staff(),
    bidders: {
      crackers: await supplier(),
      collom: await supplier(),
      morphey: await supplier({ ...PHONE, javaScriptEnabled: false }),
    },
    eventId: '',
    eventReference: '',
    orderId: '',
    orderReference: '',
    receiptReference: '',
    invoiceId: '',
  };
}

import type { CategoryCode, PlantCode } from './company.ts';
import type { FulfilmentPlan } from './fulfilment.ts';
import type { Allocation } from './purchasing.ts';

/** What becomes of one real competition in the demonstration. Days count back from today; those to come have not happened. */
export type CompetitionPlan = {
  /** The owner's contract number in the public data. */
  readonly contract: string;
  readonly category: CategoryCode;
  readonly plant: PlantCode;
  /** Let as a formal tender in lots; a lot takes the lines whose code begins with one of its prefixes, the last the rest. */
  readonly tender?: readonly { readonly title: string; readonly prefixes: readonly string[] }[];
  /** The buyer's NameID. */
  readonly owner: 'ana.costa' | 'li.wei';
  readonly createdDaysAgo: number;
  /** A draft stays one; what was asked for approval may wait for it; the others are published on the same day. */
  readonly stage: 'draft' | 'waiting' | 'published';
  readonly closesDaysAgo: number;
  /** What its real bidders do, the lowest first; every other one submits. */
  readonly bids?: readonly ('submits' | 'drafts' | 'declines' | 'waits')[];
  /** Suppliers of other competitions that are invited and do not answer. */
  readonly alsoInvited?: readonly string[];
  readonly cancelled?: { readonly daysAgo: number; readonly reason: string };
  readonly openedDaysAgo?: number;
  readonly proposed?: { readonly daysAgo: number; readonly allocation: Allocation; readonly why: string };
  readonly approvedDaysAgo?: number;
  /** One for each order, in the order of their numbers. */
  readonly orders?: readonly FulfilmentPlan[];
};

/** Seventeen of the 37 competitions, in every state that an event can be in. */
export const competitionPlans: readonly CompetitionPlan[] = [
  {
    contract: 'R -43831-A', // 27 lines: from the need to the paid invoice
    category: 'DRAIN',
    plant: 'QD01',
    owner: 'ana.costa',
    createdDaysAgo: 150,
    stage: 'published',
    closesDaysAgo: 136,
    openedDaysAgo: 136,
    proposed: { daysAgo: 134, allocation: 'whole', why: 'Lowest total of three bids.' },
    approvedDaysAgo: 133,
    orders: [
      {
        acknowledgedDaysAgo: 132,
        deliveries: [{ daysAgo: 96, percent: 100, invoice: { daysAgo: 92, until: 'paid' } }],
      },
    ],
  },
  {
    contract: 'B -41845-A', // 287 lines, 30 million
    category: 'ROAD',
    plant: 'WH01',
    owner: 'li.wei',
    createdDaysAgo: 124,
    stage: 'published',
    closesDaysAgo: 96,
    openedDaysAgo: 95,
    proposed: { daysAgo: 88, allocation: 'whole', why: 'Lowest total; one contractor for the whole site.' },
    approvedDaysAgo: 86,
    orders: [
      {
        acknowledgedDaysAgo: 84,
        deliveries: [
          { daysAgo: 40, percent: 20, invoice: { daysAgo: 34, until: 'paid' } },
          { daysAgo: 9, percent: 25, invoice: { daysAgo: 5, until: 'matched' } },
        ],
      },
    ],
  },
  {
    contract: 'B -44426-A', // 61 lines, awarded line by line to three
    category: 'STRUCT',
    plant: 'HF01',
    owner: 'ana.costa',
    createdDaysAgo: 105,
    stage: 'published',
    closesDaysAgo: 84,
    openedDaysAgo: 84,
    proposed: { daysAgo: 82, allocation: 'line-by-line', why: '' },
    approvedDaysAgo: 81,
    orders: [
      {
        acknowledgedDaysAgo: 80,
        deliveries: [{ daysAgo: 30, percent: 100, invoice: { daysAgo: 25, until: 'approved' } }],
      },
      { acknowledgedDaysAgo: 79, deliveries: [{ daysAgo: 22, percent: 60 }] },
      { acknowledgedDaysAgo: 79, deliveries: [{ daysAgo: 0, announcedDaysAgo: 4, isWaiting: true }] },
    ],
  },
  {
    contract: 'B -45609-A', // 11 lines: invoiced at a wrong price
    category: 'STRUCT',
    plant: 'QD01',
    owner: 'ana.costa',
    createdDaysAgo: 92,
    stage: 'published',
    closesDaysAgo: 78,
    openedDaysAgo: 77,
    proposed: { daysAgo: 75, allocation: 'whole', why: 'Lowest total of three bids.' },
    approvedDaysAgo: 74,
    orders: [
      {
        acknowledgedDaysAgo: 73,
        deliveries: [
          {
            daysAgo: 8,
            percent: 70,
            shortLine: 'Two were damaged on the way.',
            invoice: { daysAgo: 1, until: 'wrong-price' },
          },
        ],
      },
    ],
  },
  {
    contract: 'B -44943-A', // 33 lines: invoice waits for finance
    category: 'DRAIN',
    plant: 'HF01',
    owner: 'li.wei',
    createdDaysAgo: 80,
    stage: 'published',
    closesDaysAgo: 62,
    openedDaysAgo: 62,
    proposed: { daysAgo: 60, allocation: 'whole', why: 'Lowest total of three bids.' },
    approvedDaysAgo: 59,
    orders: [
      {
        acknowledgedDaysAgo: 58,
        deliveries: [{ daysAgo: 6, percent: 100, invoice: { daysAgo: 2, until: 'matched' } }],
      },
    ],
  },
  {
    contract: 'M -46407-A', // 14 lines of service
    category: 'SITE',
    plant: 'WH01',
    owner: 'li.wei',
    createdDaysAgo: 66,
    stage: 'published',
    closesDaysAgo: 50,
    openedDaysAgo: 50,
    proposed: { daysAgo: 46, allocation: 'whole', why: 'The other bid is more than twice as high.' },
    approvedDaysAgo: 45,
    orders: [
      {
        acknowledgedDaysAgo: 43,
        deliveries: [
          { daysAgo: 12, lineNos: [1, 2, 3, 4] },
          { daysAgo: 1, announcedDaysAgo: 3, lineNos: [5, 6], isWaiting: true },
        ],
      },
    ],
  },
  {
    contract: 'B -45797-A', // cancelled while it was open
    category: 'STRUCT',
    plant: 'QD01',
    owner: 'ana.costa',
    createdDaysAgo: 52,
    stage: 'published',
    closesDaysAgo: 34,
    bids: ['submits', 'drafts', 'waits'],
    cancelled: { daysAgo: 41, reason: 'The survey of the wall showed that other work is needed.' },
  },
  {
    contract: 'B -45595-A', // 36 lines: the order waits for its acknowledgement
    category: 'STRUCT',
    plant: 'WH01',
    owner: 'ana.costa',
    createdDaysAgo: 34,
    stage: 'published',
    closesDaysAgo: 16,
    openedDaysAgo: 15,
    proposed: { daysAgo: 5, allocation: 'whole', why: 'Lowest total of three bids.' },
    approvedDaysAgo: 2,
    orders: [{ deliveries: [] }],
  },
  {
    contract: 'R -42543-A', // the award waits for its approver
    category: 'DRAIN',
    plant: 'QD01',
    owner: 'li.wei',
    createdDaysAgo: 30,
    stage: 'published',
    closesDaysAgo: 11,
    openedDaysAgo: 10,
    proposed: { daysAgo: 1, allocation: 'line-by-line', why: 'The pipes and the paving can be done apart.' },
    orders: [],
  },
  {
    contract: 'B -44941-A', // in evaluation
    category: 'DRAIN',
    plant: 'HF01',
    owner: 'ana.costa',
    createdDaysAgo: 26,
    stage: 'published',
    closesDaysAgo: 5,
    openedDaysAgo: 4,
  },
  {
    contract: 'R -44897-A', // in evaluation
    category: 'ROAD',
    plant: 'QD01',
    owner: 'li.wei',
    createdDaysAgo: 24,
    stage: 'published',
    closesDaysAgo: 4,
    openedDaysAgo: 3,
  },
  {
    contract: 'R -43599-A', // closed, waits for its opening
    category: 'ROAD',
    plant: 'HF01',
    owner: 'ana.costa',
    createdDaysAgo: 21,
    stage: 'published',
    closesDaysAgo: 1,
    alsoInvited: ['BROOKS CONSTRUCTION COMPANY, INC.'],
  },
  {
    contract: 'R -41954-A', // open: one bid, one draft, one not answered
    category: 'ROAD',
    plant: 'QD01',
    owner: 'ana.costa',
    createdDaysAgo: 15,
    stage: 'published',
    closesDaysAgo: -2,
    bids: ['submits', 'waits', 'drafts'],
    alsoInvited: ['RIETH-RILEY CONSTRUCTION', 'MILESTONE CONTRACTORS, L.P.'],
  },
  {
    contract: 'B -44930-A', // open
    category: 'DRAIN',
    plant: 'WH01',
    owner: 'li.wei',
    createdDaysAgo: 9,
    stage: 'published',
    closesDaysAgo: -6,
    bids: ['drafts', 'submits', 'waits'],
    alsoInvited: ['CLR INC.', 'RIETH-RILEY CONSTRUCTION'],
  },
  {
    contract: 'B -44425-A', // open, just sent out: a tender in two lots
    tender: [
      { title: 'Riprap, guardrail, planting and traffic', prefixes: ['6', '8'] },
      { title: 'Earthworks, aggregate and site', prefixes: [] },
    ],
    category: 'DRAIN',
    plant: 'HF01',
    owner: 'ana.costa',
    createdDaysAgo: 3,
    stage: 'published',
    closesDaysAgo: -11,
    bids: ['waits', 'declines', 'waits'],
    alsoInvited: ['OLCO, INC.', 'MILESTONE CONTRACTORS, L.P.'],
  },
  {
    contract: 'B -45798-A', // waits for its approver
    category: 'STRUCT',
    plant: 'WH01',
    owner: 'li.wei',
    createdDaysAgo: 1,
    stage: 'waiting',
    closesDaysAgo: -18,
    bids: ['waits', 'waits', 'waits'],
  },
  {
    contract: 'R -43847-A', // a draft
    category: 'DRAIN',
    plant: 'QD01',
    owner: 'ana.costa',
    createdDaysAgo: 1,
    stage: 'draft',
    closesDaysAgo: -25,
    bids: ['waits', 'waits', 'waits'],
  },
];

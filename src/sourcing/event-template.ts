export const eventTypes = ['rfi', 'rfq', 'rfp', 'tender', 'reverse_auction'] as const;
export type EventType = (typeof eventTypes)[number];

/**
 * What a kind of event begins with, and what its pages offer at once. The kinds are one object: whatever a template
 * hides can still be used, one click further away.
 */
export type EventTemplate = {
  /** Of the reference: `RFQ-2026-0042`. */
  readonly prefix: string;
  /** An event for information alone takes bids without a price. */
  readonly asksPrices: boolean;
  readonly offersLots: boolean;
  readonly offersTimetable: boolean;
  /** The sealed parts of a bid, in the order in which they are opened. */
  readonly envelopes: readonly ('qualification' | 'technical' | 'commercial')[];
  /** How many working days lie between the award and the orders, for objections. */
  readonly standstillWorkingDays: number;
  /** May a bid leave out lines? Where it may not, it leaves out whole lots or nothing. */
  readonly takesPartialBids: boolean;
  /** How long after closing a bid has to hold; null where each bidder says so itself, or nothing. */
  readonly bidValidDays: number | null;
  /** What the timetable is proposed from, in working days. */
  readonly timetable: {
    readonly toClosing: number;
    readonly enquiriesBeforeClosing: number;
    readonly decisionAfterClosing: number;
  };
};

const quotation: EventTemplate = {
  prefix: 'RFQ',
  asksPrices: true,
  offersLots: false,
  offersTimetable: false,
  envelopes: ['commercial'],
  standstillWorkingDays: 0,
  takesPartialBids: true,
  bidValidDays: null,
  timetable: { toClosing: 5, enquiriesBeforeClosing: 2, decisionAfterClosing: 5 },
};
const proposal: EventTemplate = {
  ...quotation,
  prefix: 'RFP',
  offersLots: true,
  offersTimetable: true,
  envelopes: ['technical', 'commercial'],
  standstillWorkingDays: 5,
  bidValidDays: 60,
  timetable: { toClosing: 15, enquiriesBeforeClosing: 5, decisionAfterClosing: 10 },
};

/** The templates, one a kind of event. */
export const eventTemplates: Readonly<Record<EventType, EventTemplate>> = {
  rfi: {
    ...quotation,
    prefix: 'RFI',
    asksPrices: false,
    envelopes: ['technical'],
    timetable: { toClosing: 10, enquiriesBeforeClosing: 3, decisionAfterClosing: 10 },
  },
  rfq: quotation,
  rfp: proposal,
  tender: {
    ...proposal,
    prefix: 'TND',
    standstillWorkingDays: 10,
    takesPartialBids: false,
    bidValidDays: 90,
    timetable: { toClosing: 20, enquiriesBeforeClosing: 7, decisionAfterClosing: 15 },
  },
  reverse_auction: { ...quotation, prefix: 'RAU' },
};

/** The kinds that a new purchase requirement is offered as, the plainest first. */
export const offeredEventTypes = ['rfq', 'rfi', 'rfp', 'tender'] as const satisfies readonly EventType[];

export const isOfferedEventType = (value: unknown): value is (typeof offeredEventTypes)[number] =>
  offeredEventTypes.some((type) => type === value);

/** Are prices asked for? */
export const asksPrices = (event: { readonly eventType: EventType }): boolean =>
  eventTemplates[event.eventType].asksPrices;

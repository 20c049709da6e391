import type { RunInTx } from '../db/context.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import type { Mailer } from '../mail/mailer.ts';

/** Kinds of work that must not wait for each other; each is a queue of its own. */
export const queueNames = ['acts', 'mail', 'documents', 'exports'] as const;
export type QueueName = (typeof queueNames)[number];

/** An event row as a job sees it: ids and changed fields, never sealed content. */
export type EventRow = {
  readonly id: string;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** The supplier the act concerns, if it concerns one. */
  readonly supplierId: string | null;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly at: Date;
  readonly changes: Readonly<Record<string, unknown>>;
};

/** What the process lends to a job. */
export type JobHouse = {
  readonly runInTx: RunInTx;
  readonly mailer: Mailer;
  readonly catalogue: Catalogue;
  /** The origin that links in mails start with. */
  readonly origin: string;
  /** A view without the page around it: mails. */
  renderView(name: string, it: object): string;
};

/** Runs once for each event row whose action it names; again after a failure, so it is idempotent by the event's id. */
export type EventJob = {
  /** `<domain>/on-<event>`, as its file is called. */
  readonly name: string;
  readonly on: readonly string[];
  readonly queue: QueueName;
  run(house: JobHouse, event: EventRow): Promise<void>;
};

/** Runs by the clock, in one process at a time. */
export type ScheduledJob = {
  /** `<domain>/every-<period>-<act>`, as its file is called. */
  readonly name: string;
  readonly everyMs: number;
  readonly queue: QueueName;
  run(house: JobHouse): Promise<void>;
};

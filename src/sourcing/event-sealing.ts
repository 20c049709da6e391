import { ruleBroken } from '../kernel/errors.ts';
import { type Envelope, envelopes as envelopeOrder } from './requirement.ts';

/** Who seals a bid: the server when it arrives, or the bidder's own browser before it is sent. */
export const sealingLevels = ['on_arrival', 'in_browser'] as const;
export type SealingLevel = (typeof sealingLevels)[number];

/** How the bids of an event are sealed and opened. */
export type EventSealing = {
  readonly sealingLevel: SealingLevel;
  /** Whether a bidder that cannot seal in its browser may let the server do it. */
  readonly allowsSealingOnArrival: boolean;
  /** In the order they are opened; prices stand in the commercial one. */
  readonly envelopes: readonly Envelope[];
  /** How many of the appointed openers it takes; null where the house opens by a second person. */
  readonly openerThreshold: number | null;
};

/** What an event with these envelopes starts with; the house opens it until openers are appointed. */
export const initialSealing = (envelopes: readonly Envelope[]): EventSealing => ({
  sealingLevel: 'on_arrival',
  allowsSealingOnArrival: true,
  envelopes,
  openerThreshold: null,
});

/** The envelopes in the order they are opened, each once. */
export const inOpeningOrder = (envelopes: readonly Envelope[]): Envelope[] =>
  envelopeOrder.filter((envelope) => envelopes.includes(envelope));

/**
 * Two openers at least, so that none opens alone, the owner neither; and no more of them than there are.
 * @throws AppError `opener.too-few`, `opener.threshold-too-high`, `opener.threshold-too-low`
 */
export function assertOpeners(openers: { count: number; threshold: number }): void {
  if (openers.count < 2) throw ruleBroken('opener.too-few', 'Appoint two openers at least, or none');
  if (openers.threshold < 2)
    throw ruleBroken('opener.threshold-too-low', 'It takes two openers at least, or one could open alone');
  if (openers.threshold > openers.count)
    throw ruleBroken('opener.threshold-too-high', 'It cannot take more openers than there are', {
      count: openers.count,
    });
}

/** Two of three, three of four: one may be lost, and none opens alone. */
export const suggestedThreshold = (count: number): number => Math.max(2, count - 1);

import type { DisputedType, Side } from './dispute.ts';

/** Messages stand on a document, or on a dispute about one. */
export type TalkedType = DisputedType | 'dispute';

export const messageKinds = [
  'message',
  'proposal',
  'acceptance',
  'refusal',
  'escalation',
  'decision',
  'withdrawal',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** What somebody said; never changed or removed. */
export type Message = {
  readonly id: string;
  readonly kind: MessageKind;
  readonly authorName: string;
  readonly authorSide: Side;
  readonly body: string;
  readonly at: Date;
};

/** Up to when somebody has read. */
export type Reading = { readonly name: string; readonly side: Side; readonly readAt: Date };

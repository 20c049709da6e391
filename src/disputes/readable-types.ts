import { decide } from '../identity/index.ts';
import type { Access } from '../kernel/access.ts';
import type { Actor } from '../kernel/actor.ts';
import { type DisputedType, disputedTypes } from './dispute.ts';

const rights: Readonly<Record<DisputedType, string>> = {
  forecast: 'forecast.read',
  purchase_order: 'order.read',
  despatch_advice: 'delivery.read',
  goods_receipt: 'delivery.read',
  invoice: 'invoice.read',
};

/** The kinds of documents the actor reads: what is said on an invoice may name its prices. */
export const typesReadBy = ({ access, actor }: { access: Access; actor: Actor }): DisputedType[] =>
  disputedTypes.filter(
    (type) => actor.kind === 'system' || decide(access, actor, rights[type], null, null).isAllowed,
  );

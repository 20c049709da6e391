import type { Incoterm } from '../kernel/incoterm.ts';

/** What a buyer may have to add to a price, in the order in which it is added. */
export const costKinds = [
  'freight',
  'insurance',
  'duty',
  'handling',
  'tooling',
  'discount',
  'other',
] as const;
export type CostKind = (typeof costKinds)[number];

const BUYER_PAYS = {
  EXW: ['handling', 'freight', 'insurance', 'duty'],
  FCA: ['handling', 'freight', 'insurance', 'duty'],
  FAS: ['handling', 'freight', 'insurance', 'duty'],
  FOB: ['handling', 'freight', 'insurance', 'duty'],
  CPT: ['handling', 'insurance', 'duty'],
  CFR: ['handling', 'insurance', 'duty'],
  CIP: ['handling', 'duty'],
  CIF: ['handling', 'duty'],
  DAP: ['handling', 'duty'],
  DPU: ['duty'],
  DDP: ['handling'],
} as const satisfies Readonly<Record<Incoterm, readonly CostKind[]>>;

/**
 * The costs that a term leaves to the buyer. Handling is unloading at the destination, and what is done at the origin.
 * @source ICC, Incoterms 2020, A9/B9 (allocation of costs)
 */
export const costsLeftToBuyer = (incoterm: Incoterm): readonly CostKind[] => BUYER_PAYS[incoterm];

/**
 * The costs each bid needs before it may stand beside the others: those its own term leaves to us while another bid's
 * price has them in it, or they were entered for another. Where all leave the same to us, none needs any.
 */
export function neededCosts(
  bids: readonly {
    readonly bidId: string;
    readonly incoterm: Incoterm;
    readonly entered: readonly CostKind[];
  }[],
): Map<string, readonly CostKind[]> {
  const counted = new Set<CostKind>(
    bids.flatMap(({ incoterm, entered }) => [
      ...costKinds.filter((kind) => isCarriage(kind) && !costsLeftToBuyer(incoterm).includes(kind)),
      ...entered.filter(isCarriage),
    ]),
  );
  return new Map(
    bids.map(({ bidId, incoterm }) => [
      bidId,
      costsLeftToBuyer(incoterm).filter((kind) => counted.has(kind)),
    ]),
  );
}

/** What Incoterms divide; tooling, discounts and the rest are a matter of each bid. */
const isCarriage = (kind: CostKind): boolean =>
  kind === 'freight' || kind === 'insurance' || kind === 'duty' || kind === 'handling';

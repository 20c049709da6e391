import { trimDecimal } from '../kernel/money.ts';
import type { PriceTier } from './agreement-version.ts';

const STEP = /^(\d{1,12}(?:\.\d{1,6})?)\s*[:：]\s*(\d{1,12}(?:\.\d{1,6})?)$/;

/** The steps of a scale after the first as people type them, `100: 11.80; 500: 10.90`; null where it cannot be read. */
export function readTiers(typed: string): PriceTier[] | null {
  const tiers: PriceTier[] = [];
  for (const part of typed.split(/[;；\n]/)) {
    if (part.trim() === '') continue;
    const [, fromQuantity, unitPrice] = STEP.exec(part.trim()) ?? [];
    if (fromQuantity === undefined || unitPrice === undefined) return null;
    tiers.push({ fromQuantity: trimDecimal(fromQuantity), unitPrice: trimDecimal(unitPrice) });
  }
  return tiers;
}

/** The steps after the first, as {@link readTiers} reads them. */
export const writeTiers = (tiers: readonly PriceTier[]): string =>
  tiers
    .slice(1)
    .map(({ fromQuantity, unitPrice }) => `${fromQuantity}: ${unitPrice}`)
    .join('; ');

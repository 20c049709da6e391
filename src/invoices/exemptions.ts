import type { FieldError } from '../kernel/errors.ts';
import type { Tax } from '../kernel/tax.ts';
import {
  type Exemption,
  exemptionCodes,
  exemptionOf,
  isExemptionCode,
  needsExemption,
  type UntaxedCategory,
  untaxedCategories,
} from '../kernel/tax-exemption.ts';
import type { TaxGroup, Totals } from './totals.ts';

/** Why no tax is charged, by category, as it was entered. */
export type Exemptions = Readonly<Partial<Record<UntaxedCategory, Exemption>>>;

/** The sums with the reason at each group that is not taxed. */
export const withExemptions = (totals: Totals, entered: Exemptions = {}): Totals => ({
  ...totals,
  taxes: totals.taxes.map((group): TaxGroup => {
    if (!needsExemption(group.category)) return group;
    const exemption = exemptionOf(group.category, entered[group.category]);
    return exemption === null ? group : { ...group, exemption };
  }),
});

/** What is exempt says why, and a code is one of its category. */
export function exemptionErrors(of: {
  tax: Tax;
  lines: readonly { readonly tax: Tax | null }[];
  charges?: readonly { readonly tax: Tax | null }[];
  exemptions?: Exemptions;
}): FieldError[] {
  const used = new Set([...of.lines, ...(of.charges ?? [])].map((line) => (line.tax ?? of.tax).category));
  return [...used].filter(needsExemption).flatMap((category): FieldError[] => {
    const entered = of.exemptions?.[category];
    const code = entered?.code ?? null;
    const wrong = (field: string, sentence: string) => [
      { path: `exemptions.${category}.${field}`, code: `invoice.${sentence}`, message: sentence },
    ];
    if (code !== null && !isExemptionCode(category, code)) return wrong('code', 'exemption-code-unknown');
    return exemptionOf(category, entered) === null ? wrong('reason', 'exemption-reason-missing') : [];
  });
}

/** The reasons that an invoice has, as its form begins with them. */
export const exemptionsIn = (taxes: readonly TaxGroup[]): Exemptions =>
  Object.fromEntries(
    taxes.flatMap(({ category, exemption }) => (exemption === undefined ? [] : [[category, exemption]])),
  );

/** What a form asks for one category: the codes to choose from, and what is there already. */
export type ExemptionField = {
  readonly category: UntaxedCategory;
  readonly codes: readonly string[];
  readonly code: string;
  readonly reason: string;
};

/** The fields for the categories that are offered and not taxed. */
export const exemptionFields = (offered: readonly Tax[], known: Exemptions): ExemptionField[] =>
  untaxedCategories
    .filter((category) => offered.some((tax) => tax.category === category))
    .map((category) => ({
      category,
      codes: exemptionCodes[category],
      code: known[category]?.code ?? '',
      reason: known[category]?.reason ?? '',
    }));

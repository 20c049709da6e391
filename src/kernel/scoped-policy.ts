/** What a rule says otherwise for a supplier, for a category, or for one in the other; what is not said is as everywhere. */
export type Scoped<Rule> = Partial<Rule> & {
  /** The supplier's number; null: every supplier. */
  readonly supplier: string | null;
  /** Null: every category. */
  readonly category: string | null;
};

/** Whom a rule is asked for. */
export type PolicyPlace = { readonly supplierReference: string; readonly categoryCode: string | null };

/** What holds here: what is said of a supplier counts more than what is said of a category. */
export function ruleFor<Rule extends object>(
  rule: Rule,
  scopes: readonly Scoped<Rule>[],
  place: PolicyPlace,
): Rule {
  const weight = ({ supplier, category }: Scoped<Rule>): number =>
    (supplier === null ? 0 : 2) + (category === null ? 0 : 1);
  const fitting = scopes
    .filter(({ supplier }) => supplier === null || supplier === place.supplierReference)
    .filter(({ category }) => category === null || category === place.categoryCode)
    .toSorted((one, other) => weight(one) - weight(other))
    .map(({ supplier: _supplier, category: _category, ...said }) => said);
  return Object.assign({}, rule, ...fitting);
}

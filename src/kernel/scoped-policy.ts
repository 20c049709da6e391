/** What a rule says otherwise for a supplier, for a category, or for one in the other; what is not said is as everywhere. */
export type Scoped<Rule> = Partial<Rule> & {
  /** The supplier's number; null: every supplier. */
  readonly supplier: string | null;
  /** Null: every category. */
  readonly category: string | null;
  /** Left out: every plant. */
  readonly plant?: string;
};

/** Whom a rule is asked for. */
export type PolicyPlace = {
  readonly supplierReference: string;
  readonly categoryCode: string | null;
  readonly plantCode?: string;
};

/** What holds here: what is said of a supplier counts more than what is said of a category, and that more than a plant. */
export function ruleFor<Rule extends object>(
  rule: Rule,
  scopes: readonly Scoped<Rule>[],
  place: PolicyPlace,
): Rule {
  const weight = ({ supplier, category, plant }: Scoped<Rule>): number =>
    (supplier === null ? 0 : 4) + (category === null ? 0 : 2) + (plant === undefined ? 0 : 1);
  const fitting = scopes
    .filter(({ supplier }) => supplier === null || supplier === place.supplierReference)
    .filter(({ category }) => category === null || category === place.categoryCode)
    .filter(({ plant }) => plant === undefined || plant === place.plantCode)
    .toSorted((one, other) => weight(one) - weight(other))
    .map(({ supplier: _supplier, category: _category, plant: _plant, ...said }) => said);
  return Object.assign({}, rule, ...fitting);
}

/**
 * What an invoice is matched with: its order alone, where nothing is received (two ways), its order and what was received of it
 * (three ways), or also an inspection of that which accepted it (four ways).
 */
export const matchKinds = ['two_way', 'three_way', 'four_way'] as const;
export type MatchKind = (typeof matchKinds)[number];
/** How invoices are matched, and where otherwise. */
export type MatchKindRule = {
  readonly kind: MatchKind;
  readonly kindScopes: readonly Scoped<{ readonly kind: MatchKind }>[];
};

/** How the invoices of an order are matched here. */
export const matchKindFor = ({ kind, kindScopes }: MatchKindRule, place: PolicyPlace): MatchKind =>
  ruleFor({ kind }, kindScopes, place).kind;

/** Is anything matched so anywhere? What the house does not do needs not be asked for. */
export const mayBeMatched = ({ kind, kindScopes }: MatchKindRule, as: MatchKind): boolean =>
  kind === as || kindScopes.some((scope) => scope.kind === as);

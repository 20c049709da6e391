import {
  addDecimals,
  type DecimalString,
  isZero,
  multiplyDecimals,
  ratio,
  roundPrice,
  subtractDecimals,
} from '../kernel/money.ts';

/**
 * A price by formula, read by this grammar and never run as code:
 *
 *     sum     = product (("+" | "-") product)*
 *     product = factor (("*" | "/") factor)*
 *     factor  = number | name | "(" sum ")"
 *
 * `P0` is the price agreed first; `ALU` the newest value of that index, `ALU0` its value in the month the formula begins:
 * `P0 * (0.4 + 0.6 * ALU / ALU0)`.
 */
export type Formula =
  | { readonly kind: 'number'; readonly value: DecimalString }
  | { readonly kind: 'base-price' }
  | { readonly kind: 'index'; readonly code: string; readonly isBase: boolean }
  | { readonly kind: Operator; readonly left: Formula; readonly right: Formula };
type Operator = '+' | '-' | '*' | '/';

const TOKEN = /\s*(?:(\d{1,9}(?:\.\d{1,9})?)|(P0|[A-Z_]{2,19}0?)|([-+*/()]))/y;
const LENGTH_AT_MOST = 200;
const DEPTH_AT_MOST = 12;

/** The formula that somebody typed; null where it cannot be read, or says nothing of the first price or of an index. */
export function readFormula(typed: string): Formula | null {
  const tokens = tokensOf(typed);
  if (tokens === null) return null;
  const reader = { tokens, at: 0, depth: 0 };
  const formula = readSum(reader);
  if (formula === null || reader.at < tokens.length) return null;
  return saysBasePrice(formula) && indicesOf(formula).length > 0 ? formula : null;
}

function tokensOf(typed: string): string[] | null {
  if (typed.length > LENGTH_AT_MOST) return null;
  const text = typed.trim();
  const tokens: string[] = [];
  const token = new RegExp(TOKEN);
  while (token.lastIndex < text.length) {
    const [, number, name, sign] = token.exec(text) ?? [];
    const read = number ?? name ?? sign;
    if (read === undefined) return null;
    tokens.push(read);
  }
  return tokens;
}

type Reader = { readonly tokens: readonly string[]; at: number; depth: number };

const readSum = (reader: Reader): Formula | null => readChain(reader, ['+', '-'], readProduct);
const readProduct = (reader: Reader): Formula | null => readChain(reader, ['*', '/'], readFactor);

function readChain(
  reader: Reader,
  operators: readonly Operator[],
  readPart: (reader: Reader) => Formula | null,
): Formula | null {
  let left = readPart(reader);
  for (;;) {
    const kind = operators.find((one) => one === reader.tokens[reader.at]);
    if (left === null || kind === undefined) return left;
    reader.at += 1;
    const right = readPart(reader);
    if (right === null) return null;
    left = { kind, left, right };
  }
}

function readFactor(reader: Reader): Formula | null {
  const token = reader.tokens[reader.at];
  if (token === undefined) return null;
  reader.at += 1;
  if (token === '(') return readBracket(reader);
  if (/^\d/.test(token)) return { kind: 'number', value: token };
  if (token === 'P0') return { kind: 'base-price' };
  if (!/^[A-Z_]/.test(token)) return null;
  const isBase = token.endsWith('0');
  return { kind: 'index', code: isBase ? token.slice(0, -1) : token, isBase };
}

function readBracket(reader: Reader): Formula | null {
  if (reader.depth >= DEPTH_AT_MOST) return null;
  reader.depth += 1;
  const inside = readSum(reader);
  reader.depth -= 1;
  if (inside === null || reader.tokens[reader.at] !== ')') return null;
  reader.at += 1;
  return inside;
}

const partsOf = (formula: Formula): Formula[] =>
  'left' in formula ? [...partsOf(formula.left), ...partsOf(formula.right)] : [formula];

const saysBasePrice = (formula: Formula): boolean =>
  partsOf(formula).some((one) => one.kind === 'base-price');

/** The codes of the indices it needs, each once. */
export const indicesOf = (formula: Formula): string[] => [
  ...new Set(partsOf(formula).flatMap((one) => (one.kind === 'index' ? [one.code] : []))),
];

/** What the indices say, by code: in the month the formula begins, and now. */
export type IndexValues = {
  readonly base: ReadonlyMap<string, DecimalString>;
  readonly now: ReadonlyMap<string, DecimalString>;
};

/** The price by the formula, to four decimals; null where an index has no value, or it comes to no price. */
export function priceBy(
  formula: Formula,
  of: { basePrice: DecimalString; values: IndexValues },
): DecimalString | null {
  const exact = exactValue(formula, of);
  if (exact === null) return null;
  const price = roundPrice(exact);
  return price.startsWith('-') || isZero(price) ? null : price;
}

function exactValue(
  formula: Formula,
  of: { basePrice: DecimalString; values: IndexValues },
): DecimalString | null {
  switch (formula.kind) {
    case 'number':
      return formula.value;
    case 'base-price':
      return of.basePrice;
    case 'index':
      return (formula.isBase ? of.values.base : of.values.now).get(formula.code) ?? null;
    default: {
      const left = exactValue(formula.left, of);
      const right = exactValue(formula.right, of);
      return left === null || right === null ? null : calculate(formula.kind, left, right);
    }
  }
}

function calculate(kind: Operator, left: DecimalString, right: DecimalString): DecimalString | null {
  switch (kind) {
    case '+':
      return addDecimals([left, right]);
    case '-':
      return subtractDecimals(left, right);
    case '*':
      return multiplyDecimals(left, right);
    case '/':
      return isZero(right) ? null : ratio(left, right);
  }
}

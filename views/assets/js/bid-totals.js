// The total beside what is typed. Exact: whole numbers only, never a float.

const SCALE = 6;
const MINOR_UNITS = { JPY: 0, KRW: 0, VND: 0, CLP: 0, BHD: 3, KWD: 3, JOD: 3, TND: 3 };

/** A decimal as a whole number of millionths, or null for what is no plain decimal. */
export function millionths(text) {
  const [, whole, fraction = ''] = /^(\d{1,14})(?:\.(\d{1,6}))?$/.exec(text.normalize('NFKC').trim()) ?? [];
  return whole === undefined ? null : BigInt(whole + fraction.padEnd(SCALE, '0'));
}

/**
 * How many of the unit asked one of the bidder's is: `12`, `0.025`, `1/12`; `of` whole units are `to` millionths. Null for
 * what is none.
 */
export function ratioIn(text) {
  const written = text.normalize('NFKC').replaceAll(/\s/g, '');
  const [, top, bottom] = /^(\d{1,9})\/(\d{1,7})$/.exec(written) ?? [];
  const [of, to] = top === undefined ? [1n, millionths(written)] : [BigInt(bottom), millionths(top)];
  return to === null || to === 0n || of === 0n ? null : { of, to };
}

const AS_ASKED = { of: 1n, to: 10n ** BigInt(SCALE) };
const rounded = (above, below) => (2n * above + below) / (2n * below);

/** quantity × price in the currency's smallest unit, rounded half up once, as the server does. */
export function lineAmount(quantity, price, currency, { of, to } = AS_ASKED) {
  const [a, b] = [millionths(quantity), millionths(price)];
  if (a === null || b === null) return null;
  return rounded(a * b * of, to * 10n ** BigInt(SCALE - minorUnits(currency)));
}

/** What one of the unit asked costs, in millionths, and whether nothing was rounded off. */
export function convertedPrice(price, { of, to }) {
  const b = millionths(price);
  if (b === null) return null;
  const above = b * of * 10n ** BigInt(SCALE);
  return { millionths: rounded(above, to), isExact: above % to === 0n };
}

/** Smallest units as the decimal that Intl formats exactly. */
export function asDecimal(units, currency) {
  const decimals = minorUnits(currency);
  if (decimals === 0) return String(units);
  const digits = String(units).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const asPrice = (units) => {
  const digits = String(units).padStart(SCALE + 1, '0');
  return `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
};

/** The server's amount, such as `12.5000`, in smallest units. */
export function asUnits(amount, currency) {
  if (amount === '') return 0n;
  const [whole, fraction = ''] = amount.split('.');
  const decimals = minorUnits(currency);
  return BigInt(whole + fraction.padEnd(decimals, '0').slice(0, decimals));
}

const minorUnits = (currency) => MINOR_UNITS[currency] ?? 2;

/**
 * Keeps the amounts and the total beside what is typed. Lines of other pages are in the total as the server said it;
 * `take` takes over a total that the server has just said.
 */
export function showTotals(form) {
  const { currency, locale, totalAmount } = form.dataset;
  const total = form.querySelector('[data-total]');
  const digits = minorUnits(currency);
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const write = (units) => format.format(asDecimal(units, currency));
  const rowOf = new Map();
  let shown = 0n;
  let elsewhere = asUnits(totalAmount, currency);
  const prices = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: SCALE,
  });
  const isOwnUnit = ({ fields }) => (fields[1]?.value.trim() ?? '') !== '';
  /** What is typed, else what the server knows of the unit; null where that cannot be told. */
  const ratioOf = (row) => {
    if (!isOwnUnit(row)) return AS_ASKED;
    const typed = row.fields[2].value.trim();
    return ratioIn(typed === '' ? row.line.dataset.ratio : typed);
  };
  const writeConverted = (row, ratio) => {
    const converted = convertedPrice(row.price.value, ratio);
    if (converted === null) return '';
    return (converted.isExact ? form.dataset.converted : form.dataset.rounded)
      .replace('§price', prices.format(row.price.value.normalize('NFKC').trim()))
      .replace('§per', row.fields[2].value.trim() || row.line.dataset.ratio)
      .replace('§converted', prices.format(asPrice(converted.millionths)))
      .replace('§asked', row.line.dataset.unit);
  };
  const recompute = (row) => {
    const before = row.units ?? 0n;
    const ratio = ratioOf(row);
    row.units = ratio === null ? null : lineAmount(row.quantity, row.price.value, currency, ratio);
    row.converted.textContent = isOwnUnit(row) && ratio !== null ? writeConverted(row, ratio) : '';
    shown += (row.units ?? 0n) - before;
    row.amount.textContent = row.units === null ? '—' : write(row.units);
  };
  for (const line of form.querySelectorAll('[data-line]')) {
    const price = line.querySelector('[data-price]');
    const row = {
      line,
      quantity: line.dataset.quantity,
      price,
      fields: [price, ...line.querySelectorAll('[data-unit-fields] input')],
      converted: line.querySelector('[data-converted]'),
      amount: line.querySelector('[data-amount]'),
      units: null,
    };
    elsewhere -= asUnits(line.dataset.savedAmount, currency);
    for (const field of row.fields) rowOf.set(field, row);
    recompute(row);
  }
  form.addEventListener('input', (event) => {
    const row = rowOf.get(event.target);
    if (row === undefined) return;
    recompute(row);
    total.textContent = `${write(elsewhere + shown)} ${currency}`;
  });
  return {
    /** Takes over how the server reads the units of the lines that it was sent. */
    takeUnits(saved) {
      for (const row of new Set(rowOf.values())) {
        const ratio = saved.ratios[row.line.dataset.line];
        if (ratio === undefined || ratio === row.line.dataset.ratio) continue;
        row.line.dataset.ratio = ratio;
        recompute(row);
      }
    },
    take(saved) {
      elsewhere = asUnits(saved.totalAmount, currency) - shown;
      total.textContent = saved.total;
    },
  };
}

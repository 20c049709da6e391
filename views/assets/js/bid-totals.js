// The total beside what is typed. Exact: whole numbers only, never a float.

const SCALE = 6;
const MINOR_UNITS = { JPY: 0, KRW: 0, VND: 0, CLP: 0, BHD: 3, KWD: 3, JOD: 3, TND: 3 };

/** A decimal as a whole number of millionths, or null for what is no plain decimal. */
export function millionths(text) {
  const [, whole, fraction = ''] = /^(\d{1,14})(?:\.(\d{1,6}))?$/.exec(text.normalize('NFKC').trim()) ?? [];
  return whole === undefined ? null : BigInt(whole + fraction.padEnd(SCALE, '0'));
}

/** quantity × price in the currency's smallest unit, rounded half up once, as the server does. */
export function lineAmount(quantity, price, currency) {
  const [a, b] = [millionths(quantity), millionths(price)];
  if (a === null || b === null) return null;
  const step = 10n ** BigInt(2 * SCALE - minorUnits(currency));
  return (a * b + step / 2n) / step;
}

/** Smallest units as the decimal that Intl formats exactly. */
export function asDecimal(units, currency) {
  const decimals = minorUnits(currency);
  if (decimals === 0) return String(units);
  const digits = String(units).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

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
  const recompute = (row) => {
    const before = row.units ?? 0n;
    row.units = lineAmount(row.quantity, row.price.value, currency);
    shown += (row.units ?? 0n) - before;
    row.amount.textContent = row.units === null ? '—' : write(row.units);
  };
  for (const line of form.querySelectorAll('[data-line]')) {
    const price = line.querySelector('[data-price]');
    const row = {
      quantity: line.dataset.quantity,
      price,
      amount: line.querySelector('[data-amount]'),
      units: null,
    };
    elsewhere -= asUnits(line.dataset.savedAmount, currency);
    rowOf.set(price, row);
    recompute(row);
  }
  form.addEventListener('input', (event) => {
    const row = rowOf.get(event.target);
    if (row === undefined) return;
    recompute(row);
    total.textContent = `${write(elsewhere + shown)} ${currency}`;
  });
  return {
    take(saved) {
      elsewhere = asUnits(saved.totalAmount, currency) - shown;
      total.textContent = saved.total;
    },
  };
}

// Amounts and sums of an invoice as they are typed. Everything here also works without: the server says the same.
const form = document.getElementById('invoice-form');
const minorUnits = Number(form.dataset.minorUnits);
const format = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: minorUnits,
  maximumFractionDigits: minorUnits,
});

// Money is never a float: millionths as whole numbers.
const MILLION = 1_000_000n;
const millionths = (text) => {
  if (!/^\d{1,14}(\.\d{1,6})?$/.test(text)) return null;
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole) * MILLION + BigInt(fraction.padEnd(6, '0'));
};
/** top ÷ bottom, rounded half up to a whole number; both are positive. */
const rounded = (top, bottom) => (2n * top + bottom) / (2n * bottom);
const written = (minor) => {
  const digits = String(minor).padStart(minorUnits + 1, '0');
  const cut = digits.length - minorUnits;
  return format.format(minorUnits === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`);
};

/** The line's amount in minor units; null while it cannot be read. */
function amountOf(row) {
  const quantity = millionths(row.querySelector('.invoice-quantity').value.trim());
  const price = millionths(row.querySelector('.invoice-price').value.trim());
  if (quantity === null || price === null) return null;
  return rounded(quantity * price * 10n ** BigInt(minorUnits), millionths(row.dataset.base) * MILLION);
}

function shown({ key, base, amount }) {
  const line = document.createElement('div');
  line.className = 'd-flex flex-wrap gap-2';
  const name = document.createElement('span');
  name.textContent = [...form.elements.tax.options].find((option) => option.value === key)?.text ?? key;
  const sums = document.createElement('span');
  sums.className = 'ms-auto tnum';
  sums.textContent = `${written(base)} → ${written(amount)}`;
  line.append(name, sums);
  return line;
}

/** What is charged beside the lines, or allowed, by its tax; what cannot be read counts for nothing. */
const charges = () =>
  [...form.querySelectorAll('.invoice-charge')].flatMap((row) => {
    const typed = millionths(row.querySelector('.invoice-charge-amount').value.trim());
    if (typed === null) return [];
    const isAllowance =
      row.hasAttribute('data-allowance') || row.querySelector('.invoice-charge-reason')?.value === 'discount';
    const size = rounded(typed * 10n ** BigInt(minorUnits), MILLION);
    const key = row.querySelector('.invoice-charge-tax').value || form.elements.tax.value;
    return [{ key, amount: isAllowance ? -size : size }];
  });
/** What was paid in advance is taken off, and what is held back; never more than the invoice. */
function showPlan(gross) {
  const plan = document.getElementById('plan-preview');
  if (plan === null || plan.dataset.open === undefined) return;
  const least = (one, other) => (one < other ? one : other);
  const deducted = least(millionths(plan.dataset.open) / 10n ** BigInt(6 - minorUnits), gross);
  const share = rounded(gross * millionths(plan.dataset.retention), 100n * MILLION);
  const retained = least(share, gross - deducted);
  for (const [id, amount] of [
    ['plan-deducted', deducted],
    ['plan-retained', retained],
  ]) {
    const shown = document.getElementById(id);
    if (shown !== null) shown.textContent = written(amount);
  }
  document.getElementById('plan-to-pay').textContent = written(gross - deducted - retained);
}

function update() {
  let net = 0n;
  const bases = new Map();
  for (const [index, row] of form.querySelectorAll('.invoice-row').entries()) {
    const amount = amountOf(row);
    row.querySelector('.invoice-amount').textContent = amount === null ? '—' : written(amount);
    net += amount ?? 0n;
    const key = form.elements[`lines[${index}][tax]`]?.value || form.elements.tax.value;
    if (amount !== null) bases.set(key, (bases.get(key) ?? 0n) + amount);
  }
  for (const { key, amount } of charges()) {
    net += amount;
    bases.set(key, (bases.get(key) ?? 0n) + amount);
  }
  // Each tax is rounded once, on the sum of what bears it.
  let tax = 0n;
  const groups = [...bases].map(([key, base]) => {
    const amount = rounded(base * (millionths(key.split(':')[1] ?? '') ?? 0n), 100n * MILLION);
    tax += amount;
    return { key, base, amount };
  });
  document.getElementById('tax-groups').replaceChildren(...(groups.length > 1 ? groups.map(shown) : []));
  document.getElementById('net-amount').textContent = written(net);
  document.getElementById('tax-amount').textContent = written(tax);
  document.getElementById('gross-amount').textContent = written(net + tax);
  showPlan(net + tax);
}

// Only what is not taxed asks why, and only of what is used.
const reasons = form.querySelector('.invoice-exemptions');
function showReasons() {
  if (reasons === null) return;
  const keys = [form.elements.tax, ...form.querySelectorAll('.invoice-tax')].map(
    (one) => one.value || form.elements.tax.value,
  );
  const rows = form.querySelectorAll('.invoice-row').length;
  const used = new Set((rows === 0 ? [] : keys).map((key) => key.split(':')[0]));
  let count = 0;
  for (const one of reasons.querySelectorAll('.invoice-exemption')) {
    one.hidden = !used.has(one.dataset.category);
    count += one.hidden ? 0 : 1;
  }
  reasons.hidden = count === 0;
  if (count > 0) reasons.open = true;
}
form.addEventListener('change', showReasons);
addEventListener('pageshow', showReasons);
showReasons();

form.querySelector('.invoice-recalculate').hidden = true;
form.addEventListener('input', update);
form.addEventListener('change', update);
// A page restored by the browser shows what was typed, so its sums are made from that.
addEventListener('pageshow', update);
update();

// Live totals and the reason field of the award form. Everything here also works without: the server says the same.
const form = document.getElementById('award-form');
const minorUnits = Number(form.dataset.minorUnits);
const format = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: minorUnits,
  maximumFractionDigits: minorUnits,
});
const count = new Intl.NumberFormat(document.documentElement.lang);
const NOTHING = '—';

// Money is never a float: millionths as whole numbers.
const MILLION = 1_000_000n;
const millionths = (text) => {
  if (!/^\d{1,14}(\.\d{1,6})?$/.test(text)) return null;
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole) * MILLION + BigInt(fraction.padEnd(6, '0'));
};
/** quantity × price ÷ base, rounded half up to the currency's minor unit: a whole number of those. */
const amountOf = (quantity, price, base) => {
  const top = quantity * price * 10n ** BigInt(minorUnits);
  const bottom = base * MILLION;
  return (2n * top + bottom) / (2n * bottom);
};
/** So many minor units by a factor in millionths, rounded half away from zero. */
const scaled = (minor, factor) => {
  const top = (minor < 0n ? -minor : minor) * factor;
  const rounded = (2n * top + MILLION) / (2n * MILLION);
  return minor < 0n ? -rounded : rounded;
};
const written = (minor) => {
  const sign = minor < 0n ? '-' : '';
  const digits = String(minor < 0n ? -minor : minor).padStart(minorUnits + 1, '0');
  const cut = digits.length - minorUnits;
  return format.format(
    minorUnits === 0 ? sign + digits : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`,
  );
};
const partsOf = (row) => ({
  supplier: row.querySelector('.award-supplier'),
  quantity: row.querySelector('.award-quantity'),
  reason: row.querySelector('.award-reason'),
  amount: row.querySelector('.award-amount'),
});

/** The price for a quantity: of the largest break that it reaches, and below all of them of the smallest. */
function priceAt(option, quantity) {
  const breaks = (option.dataset.breaks ?? '').split(' ').filter((one) => one !== '');
  const known = breaks.map((one) => one.split(':').map(millionths));
  const reached = known.findLast(([from]) => from <= quantity) ?? known[0];
  return reached?.[1] ?? millionths(option.dataset.price);
}

/** What one row comes to; null while it is open or half typed. */
function priced(row) {
  const { supplier, quantity } = partsOf(row);
  const option = supplier?.selectedOptions[0];
  const typed = quantity === null ? null : millionths(quantity.value.trim());
  if (option === undefined || option.value === '' || typed === null || typed === 0n) return null;
  const cheapest = supplier.querySelector('option[data-cheapest]');
  const asked = (one, price) => amountOf(typed, price, millionths(one.dataset.base ?? '1'));
  const at = (one) => asked(one, priceAt(one, typed));
  // What it costs us delivered, where that is not its price.
  const cost = (one) =>
    one.dataset.cost === undefined
      ? at(one)
      : amountOf(typed, millionths(one.dataset.cost), MILLION) +
        scaled(at(one) - asked(one, millionths(one.dataset.price)), millionths(one.dataset.factor ?? '1'));
  const isComparable = cheapest !== null && option.dataset.incomparable === undefined;
  const above = isComparable ? cost(option) - cost(cheapest) : 0n;
  const estimate = millionths(row.dataset.estimate);
  return {
    line: row.dataset.line,
    supplier: option.value,
    amount: at(option),
    lowest: at(option) - (above > 0n ? above : 0n),
    estimate: estimate === null ? null : amountOf(typed, estimate, MILLION),
  };
}

function showRow(row, result) {
  const { supplier, reason, amount } = partsOf(row);
  if (supplier === null) return;
  const option = supplier.selectedOptions[0];
  amount.textContent = result === null ? NOTHING : written(result.amount);
  const needsReason = option !== undefined && option.value !== '' && option.dataset.lowest === undefined;
  reason.classList.toggle('invisible', !needsReason && reason.value === '');
  row.classList.toggle('award-not-lowest', needsReason);
}

function update() {
  const results = [];
  for (const row of form.querySelectorAll('.award-row')) {
    const result = priced(row);
    showRow(row, result);
    if (result !== null) results.push(result);
  }
  const sum = (values) => values.reduce((total, value) => total + value, 0n);
  const say = (id, text) => {
    document.getElementById(id).textContent = text;
  };
  const total = sum(results.map((one) => one.amount));
  const estimated = results.filter((one) => one.estimate !== null);
  say('total-amount', written(total));
  say('awarded-lines', count.format(new Set(results.map((one) => one.line)).size));
  say('awarded-suppliers', count.format(new Set(results.map((one) => one.supplier)).size));
  say('above-lowest', written(total - sum(results.map((one) => one.lowest))));
  say(
    'savings',
    estimated.length === 0 ? NOTHING : written(sum(estimated.map((one) => one.estimate - one.amount))),
  );
}

/** What the suppliers of a line do not get yet, as it is typed; empty when nothing is left. */
function restOf(row) {
  const rows = [...form.querySelectorAll('.award-row')].filter(
    (one) => one.dataset.line === row.dataset.line,
  );
  const given = rows.map((one) => millionths(partsOf(one).quantity.value.trim()) ?? 0n);
  const rest = (millionths(row.dataset.asked) ?? 0n) - given.reduce((sum, one) => sum + one, 0n);
  return rest <= 0n ? '' : plain(rest);
}

const PERCENT = /^(\d{1,3})(?:\.(\d{1,4}))?\s*[%％]$/;
/** `60 %` in millionths of a hundredth, or null. */
const sharePart = (row) => {
  const match = PERCENT.exec(partsOf(row).quantity?.value.trim() ?? '');
  return match === null ? null : BigInt(match[1]) * 10_000n + BigInt((match[2] ?? '').padEnd(4, '0'));
};
const plain = (value) => {
  const fraction = String(value % MILLION)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${value / MILLION}${fraction === '' ? '' : `.${fraction}`}`;
};

/** Shares of a line become exact quantities in its unit's decimals, by the largest remainder, as the server does. */
function shareOut(row) {
  const rows = [...form.querySelectorAll('.award-row')].filter(
    (one) => one.dataset.line === row.dataset.line && sharePart(one) !== null,
  );
  const parts = rows.map(sharePart);
  const total = parts.reduce((sum, part) => sum + part, 0n);
  if (rows.length === 0 || parts.some((part) => part === 0n || part > MILLION)) return;
  const step = 10n ** BigInt(6 - Number(row.dataset.decimals));
  const asked = millionths(row.dataset.asked) ?? 0n;
  const given = parts.map((part, index) => ({
    index,
    floor: (asked * part) / MILLION / step,
    rest: (asked * part) % (MILLION * step),
  }));
  let left = (asked * total) / MILLION / step - given.reduce((sum, one) => sum + one.floor, 0n);
  for (const one of given.toSorted((a, b) =>
    b.rest > a.rest ? 1 : b.rest < a.rest ? -1 : a.index - b.index,
  )) {
    const quantity = (one.floor + (left > 0n ? 1n : 0n)) * step;
    if (left > 0n) left -= 1n;
    partsOf(rows[one.index]).quantity.value = plain(quantity);
  }
}

/** One more supplier for the line, right under it, where without a script the server would put it. */
function split(row) {
  const further = row.cloneNode(true);
  const { supplier, quantity, reason } = partsOf(further);
  further.cells[0].textContent = '';
  further.cells[2].textContent = '';
  for (const words of further.cells[1].querySelectorAll('span')) words.remove();
  const label = document.createElement('span');
  label.className = 'text-secondary small';
  label.textContent = row.dataset.splitLabel;
  further.cells[1].append(label);
  for (const field of [supplier, quantity, reason]) field.classList.remove('is-invalid');
  supplier.value = '';
  quantity.value = restOf(row);
  reason.value = '';
  row.after(further);
  number();
  update();
  supplier.focus();
}

/** Rows are named by their place, so that what is refused comes back to the row it was typed in. */
function number() {
  for (const [index, row] of [...form.querySelectorAll('.award-row')].entries()) {
    for (const one of row.querySelectorAll('[name^="lines["]'))
      one.name = one.name.replace(/^lines\[\d+\]/, `lines[${index}]`);
    for (const one of row.querySelectorAll('[id^="field-lines-"]'))
      one.id = one.id.replace(/^field-lines-\d+/, `field-lines-${index}`);
    for (const one of row.querySelectorAll('label[for], output[for]'))
      one.setAttribute('for', one.getAttribute('for').replaceAll(/field-lines-\d+/g, `field-lines-${index}`));
    const button = row.querySelector('.award-split');
    if (button !== null) button.value = String(index);
  }
}

form.addEventListener('click', (event) => {
  const button = event.target.closest('.award-split');
  if (button === null) return;
  event.preventDefault();
  split(button.closest('.award-row'));
});
form.querySelector('.award-recalculate').hidden = true;
form.addEventListener('input', update);
// Shares are written together: `60 %`, then `40 %`; they become quantities when they are the whole line, or when sent.
form.addEventListener('change', (event) => {
  const row = event.target.closest('.award-row');
  if (row !== null) {
    const typed = [...form.querySelectorAll('.award-row')].filter(
      (one) => one.dataset.line === row.dataset.line,
    );
    const total = typed.reduce((sum, one) => sum + (sharePart(one) ?? 0n), 0n);
    if (total === MILLION) shareOut(row);
  }
  update();
});
// A page restored by the browser shows what was typed, so its totals are made from that.
addEventListener('pageshow', update);
update();

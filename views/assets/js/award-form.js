// Live totals and the reason field of the award form. Everything here also works without: the server says the same.
(() => {
  const form = document.getElementById('award-form');
  if (form === null) return;
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
  const written = (minor) => {
    const sign = minor < 0n ? '-' : '';
    const digits = String(minor < 0n ? -minor : minor).padStart(minorUnits + 1, '0');
    const cut = digits.length - minorUnits;
    return format.format(
      minorUnits === 0 ? sign + digits : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`,
    );
  };
  const trimmed = (text) => {
    const value = millionths(text) ?? 0n;
    const fraction = String(value % MILLION)
      .padStart(6, '0')
      .replace(/0+$/, '');
    return `${value / MILLION}${fraction === '' ? '' : `.${fraction}`}`;
  };

  const partsOf = (row) => ({
    supplier: row.querySelector('.award-supplier'),
    quantity: row.querySelector('.award-quantity'),
    reason: row.querySelector('.award-reason'),
    amount: row.querySelector('.award-amount'),
  });

  /** What one row comes to; null while it is open or half typed. */
  function priced(row) {
    const { supplier, quantity } = partsOf(row);
    const option = supplier?.selectedOptions[0];
    const typed = quantity === null ? null : millionths(quantity.value.trim());
    if (option === undefined || option.value === '' || typed === null || typed === 0n) return null;
    const cheapest = supplier.querySelector('option[data-lowest]');
    const at = (one) => amountOf(typed, millionths(one.dataset.price), millionths(one.dataset.base));
    const estimate = row.dataset.estimate === '' ? null : trimmed(row.dataset.estimate);
    return {
      line: row.dataset.line,
      supplier: option.value,
      amount: at(option),
      lowest: at(cheapest ?? option),
      estimate: estimate === null ? null : amountOf(typed, millionths(estimate), MILLION),
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

  form.querySelector('.award-recalculate').hidden = true;
  form.addEventListener('input', update);
  form.addEventListener('change', update);
  // A page restored by the browser shows what was typed, so its totals are made from that.
  addEventListener('pageshow', update);
  update();
})();

// Saves a bid while it is typed, and shows its total at once. Exact: whole numbers only, never a float.

const SCALE = 6;
const MINOR_UNITS = { JPY: 0, KRW: 0, VND: 0, CLP: 0, BHD: 3, KWD: 3, JOD: 3, TND: 3 };
const WAIT_MS = 700;

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

const minorUnits = (currency) => MINOR_UNITS[currency] ?? 2;

function start(form) {
  const { currency, locale } = form.dataset;
  const savedAt = form.querySelector('[data-saved-at]');
  const total = form.querySelector('[data-total]');
  const decimals = minorUnits(currency);
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const write = (units) => format.format(asDecimal(units, currency));

  const rows = [...form.querySelectorAll('[data-line]')].map((row) => ({
    quantity: row.dataset.quantity,
    price: row.querySelector('[data-price]'),
    amount: row.querySelector('[data-amount]'),
    units: null,
  }));
  const rowOf = new Map(rows.map((row) => [row.price, row]));
  let sum = 0n;
  const recompute = (row) => {
    const before = row.units ?? 0n;
    row.units = lineAmount(row.quantity, row.price.value, currency);
    sum += (row.units ?? 0n) - before;
    row.amount.textContent = row.units === null ? '—' : write(row.units);
  };
  for (const row of rows) recompute(row);
  const showTotal = () => {
    total.textContent = `${write(sum)} ${currency}`;
  };

  const say = (text, isBad) => {
    savedAt.textContent = text;
    savedAt.classList.toggle('text-bad', isBad);
    savedAt.classList.toggle('fw-bold', isBad);
    savedAt.classList.toggle('text-secondary', !isBad);
  };
  const showErrors = (errors) => {
    for (const input of form.querySelectorAll('[data-line] input')) {
      const message = errors[input.name.replaceAll('[', '.').replaceAll(']', '')];
      input.classList.toggle('is-invalid', message !== undefined);
      const place = document.getElementById(`${input.id}-error`);
      if (place !== null) place.textContent = message ?? '';
    }
  };
  const markUnsubmitted = (isUnsubmitted) => {
    for (const part of document.querySelectorAll('[data-status]'))
      part.hidden = (part.dataset.status === 'unsubmitted') !== isUnsubmitted;
  };

  let timer;
  let isSaving = false;
  let isDirty = false;
  let afterSaving = null;
  // After a conflict or closing nothing is sent any more: the person decides, by the buttons.
  let isStopped = document.querySelector('[data-code="bid.changed-meanwhile"]') !== null;
  const stop = (text) => {
    isStopped = true;
    say(text, true);
  };
  const save = async () => {
    if (isStopped || isSaving) return;
    isSaving = true;
    isDirty = false;
    say(form.dataset.saving, false);
    try {
      const answer = await fetch(form.action, {
        method: 'POST',
        headers: { Accept: 'application/json' },
        body: new URLSearchParams(new FormData(form)),
      });
      await take(answer);
    } catch {
      isDirty = true;
      say(form.dataset.offline, true);
      timer = setTimeout(save, 5000);
    } finally {
      isSaving = false;
    }
    if (afterSaving !== null) {
      clearTimeout(timer);
      afterSaving();
      return;
    }
    if (isDirty && !isStopped) schedule();
  };
  const take = async (answer) => {
    if (answer.status === 409) return stop(form.dataset.conflict);
    if (answer.redirected || answer.status === 401 || answer.status === 403) return stop(form.dataset.signedOut);
    if (answer.status === 422 || answer.status === 400) return stop(form.dataset.refused);
    if (!answer.ok) throw new Error(String(answer.status));
    const saved = await answer.json();
    form.elements.revision.value = saved.revision;
    markUnsubmitted(saved.isUnsubmitted);
    showErrors(saved.errors);
    // While nothing newer is typed, the server's sum is the one that counts.
    if (!isDirty) total.textContent = saved.total;
    say(form.dataset.saved.replace('§', saved.savedAt), false);
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT_MS);
  };

  form.addEventListener('input', (event) => {
    isDirty = true;
    const row = rowOf.get(event.target);
    if (row !== undefined) {
      recompute(row);
      showTotal();
    }
    markUnsubmitted(true);
    schedule();
  });
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    // A save under way will raise the revision: send with the new one, or we would be in our own way.
    if (isSaving) {
      event.preventDefault();
      const { submitter } = event;
      afterSaving = () => form.requestSubmit(submitter);
      return;
    }
    isStopped = true;
    isDirty = false;
  });
  // Enter goes to the same column of the next line, as in a spreadsheet, and sends nothing by accident.
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target.closest('[data-line]') === null) return;
    event.preventDefault();
    const field = event.target.name.replace(/^.*\[/, '[');
    const column = [...form.querySelectorAll('[data-line] input')].filter((input) => input.name.endsWith(field));
    column[column.indexOf(event.target) + (event.shiftKey ? -1 : 1)]?.focus();
  });
  addEventListener('beforeunload', (event) => {
    if (isDirty || isSaving) event.preventDefault();
  });
  addEventListener('pageshow', (event) => {
    // Coming back by the browser's cache: what is shown may be older than what is kept.
    if (event.persisted) location.reload();
  });
}

if (typeof document !== 'undefined') start(document.getElementById('bid-form'));

// Saves a bid while it is typed, and shows its total at once. Exact: whole numbers only, never a float.

const SCALE = 6;
const MINOR_UNITS = { JPY: 0, KRW: 0, VND: 0, CLP: 0, BHD: 3, KWD: 3, JOD: 3, TND: 3 };
const WAIT_MS = 700;
const AGAIN_MS = 5000;

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

/** Keeps the amounts and the total beside what is typed. */
function showTotals(form) {
  const { currency, locale } = form.dataset;
  const total = form.querySelector('[data-total]');
  const digits = minorUnits(currency);
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const write = (units) => format.format(asDecimal(units, currency));
  const rowOf = new Map();
  let sum = 0n;
  const recompute = (row) => {
    const before = row.units ?? 0n;
    row.units = lineAmount(row.quantity, row.price.value, currency);
    sum += (row.units ?? 0n) - before;
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
    rowOf.set(price, row);
    recompute(row);
  }
  form.addEventListener('input', (event) => {
    const row = rowOf.get(event.target);
    if (row === undefined) return;
    recompute(row);
    total.textContent = `${write(sum)} ${currency}`;
  });
}

/** What the page says of saving: when, what cannot be read, and that it is not submitted. */
function makeSigns(form) {
  const savedAt = form.querySelector('[data-saved-at]');
  return {
    say(text, isBad) {
      savedAt.textContent = text;
      savedAt.classList.toggle('text-bad', isBad);
      savedAt.classList.toggle('fw-bold', isBad);
      savedAt.classList.toggle('text-secondary', !isBad);
    },
    showErrors(errors) {
      for (const input of form.querySelectorAll('[data-line] input, [data-extras] input')) {
        const message = errors[input.name.replaceAll('[', '.').replaceAll(']', '')];
        input.classList.toggle('is-invalid', message !== undefined);
        const place = document.getElementById(`${input.id}-error`);
        if (place !== null) place.textContent = message ?? '';
      }
    },
    markUnsubmitted(isUnsubmitted) {
      for (const part of document.querySelectorAll('[data-status]'))
        part.hidden = (part.dataset.status === 'unsubmitted') !== isUnsubmitted;
    },
  };
}

/** Saves a moment after the last key, one save at a time; stops when only the person can decide. */
function autosave(form) {
  const signs = makeSigns(form);
  const total = form.querySelector('[data-total]');
  let timer;
  let isSaving = false;
  let isDirty = false;
  let afterSaving = null;
  // On the page that shows a conflict nothing is sent by itself: the person decides, by the buttons.
  let isStopped = document.querySelector('[data-code="bid.changed-meanwhile"]') !== null;

  const stop = (text) => {
    isStopped = true;
    signs.say(text, true);
  };
  const take = async (answer) => {
    if (answer.status === 409) return stop(form.dataset.conflict);
    if (answer.redirected || answer.status === 401 || answer.status === 403)
      return stop(form.dataset.signedOut);
    if (answer.status === 422 || answer.status === 400) return stop(form.dataset.refused);
    if (!answer.ok) throw new Error(String(answer.status));
    const saved = await answer.json();
    form.elements.revision.value = saved.revision;
    signs.markUnsubmitted(saved.isUnsubmitted);
    signs.showErrors(saved.errors);
    // While nothing newer is typed, the server's sum is the one that counts.
    if (!isDirty) total.textContent = saved.total;
    signs.say(form.dataset.saved.replace('§', saved.savedAt), false);
  };
  const send = async () => {
    isDirty = false;
    signs.say(form.dataset.saving, false);
    const body = new URLSearchParams(new FormData(form));
    await take(await fetch(form.action, { method: 'POST', headers: { Accept: 'application/json' }, body }));
  };
  const schedule = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  };
  async function save() {
    if (isStopped || isSaving) return;
    isSaving = true;
    let wait = WAIT_MS;
    try {
      await send();
    } catch {
      isDirty = true;
      wait = AGAIN_MS;
      signs.say(form.dataset.offline, true);
    }
    isSaving = false;
    if (afterSaving !== null) afterSaving();
    else if (isDirty && !isStopped) schedule(wait);
  }

  form.addEventListener('input', () => {
    isDirty = true;
    signs.markUnsubmitted(true);
    schedule(WAIT_MS);
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
  addEventListener('beforeunload', (event) => {
    if (isDirty || isSaving) event.preventDefault();
  });
}

/** Enter goes to the same column of the next line, as in a spreadsheet, and sends nothing by accident. */
function moveByEnter(form) {
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || event.target.closest('[data-line]') === null) return;
    event.preventDefault();
    const field = event.target.name.replace(/^.*\[/, '[');
    const column = [...form.querySelectorAll('[data-line] input')].filter((input) =>
      input.name.endsWith(field),
    );
    column[column.indexOf(event.target) + (event.shiftKey ? -1 : 1)]?.focus();
  });
}

if (typeof document !== 'undefined') {
  const form = document.getElementById('bid-form');
  showTotals(form);
  // Another currency names every price anew: the page is saved and comes back in it.
  form.elements.currency?.addEventListener('change', () => {
    form.requestSubmit(form.querySelector('button[name="next"][value="edit"]'));
  });
  autosave(form);
  moveByEnter(form);
  addEventListener('pageshow', (event) => {
    // Coming back by the browser's cache: what is shown may be older than what is kept.
    if (event.persisted) location.reload();
  });
}

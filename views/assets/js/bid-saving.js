// Saves a bid while it is typed: what changed, one save at a time. What cannot be saved is kept on this device.

const WAIT_MS = 700;
const AGAIN_MS = 5000;
const KEEP_MS = 150;

const FIELDS = '[data-line] input, [data-extras] input, [data-answer] [name], [name="validUntilOn"]';

/** What the page says of saving: when, what cannot be read, and that it is not submitted. */
export function makeSigns(form) {
  const savedAt = form.querySelector('[data-saved-at]');
  const missing = form.querySelector('[data-missing-count]');
  return {
    say(text, isBad) {
      savedAt.textContent = text;
      savedAt.classList.toggle('text-bad', isBad);
      savedAt.classList.toggle('fw-bold', isBad);
      savedAt.classList.toggle('text-secondary', !isBad);
    },
    showErrors(errors) {
      for (const input of form.querySelectorAll(FIELDS)) {
        const message = errors[input.name.replaceAll('[', '.').replaceAll(']', '')];
        input.classList.toggle('is-invalid', message !== undefined);
        const place = document.getElementById(`${input.id}-error`);
        if (place === null) continue;
        place.textContent = message ?? '';
        if (input.closest('[data-answer]') !== null) place.classList.toggle('d-block', message !== undefined);
      }
    },
    showKnockOuts(ids) {
      for (const warning of form.querySelectorAll('[data-knock-out-of]'))
        warning.hidden = !ids.includes(warning.dataset.knockOutOf);
    },
    showMissing(count) {
      if (missing !== null) missing.textContent = missing.dataset.missingCount.replace('§', count);
    },
    markUnsubmitted(isUnsubmitted) {
      for (const part of document.querySelectorAll('[data-status]'))
        part.hidden = (part.dataset.status === 'unsubmitted') !== isUnsubmitted;
    },
  };
}

/** What else is in the form: the search, and what it carries along. */
const NOT_OF_DRAFT = new Set([
  '',
  '_csrf',
  'revision',
  'next',
  'q',
  'page',
  'only',
  'shownPage',
  'shownOnly',
]);
const isOfDraft = (name) => !NOT_OF_DRAFT.has(name);

/** Alternates of a line are a list: all of it is sent, or the places in it would move. */
const together = (form, input) => {
  const list = /^lines\[[^\]]+\]\[alternates\]/.exec(input.name)?.[0];
  return list === undefined ? [input] : [...form.elements].filter((one) => one.name.startsWith(list));
};

/**
 * What was typed and is not saved, by the name of its field; kept on this device under the revision that its writer saw.
 */
function makeUnsaved(form, kept) {
  const fields = new Map();
  let timer;
  let seenRevision = null;
  const keep = () => {
    clearTimeout(timer);
    timer = undefined;
    const revision = seenRevision ?? Number(form.elements.revision.value);
    kept.write({ revision, fields: Object.fromEntries(fields) });
  };
  addEventListener('pagehide', () => {
    if (timer !== undefined) keep();
  });
  return {
    fields,
    keep,
    note(name, value) {
      fields.set(name, value);
      form.dataset.unsaved = 'yes';
      timer ??= setTimeout(keep, KEEP_MS);
    },
    /** Goes on with what an earlier page could not save. */
    takeOver(record) {
      seenRevision = record.revision;
      for (const [name, value] of Object.entries(record.fields)) fields.set(name, value);
      form.dataset.unsaved = 'yes';
      keep();
    },
    wasSaved(sent) {
      for (const [name, value] of Object.entries(sent)) if (fields.get(name) === value) fields.delete(name);
      seenRevision = null;
      if (fields.size === 0) delete form.dataset.unsaved;
      keep();
    },
  };
}

/** Sends fields of the draft; gives what the server says, or the word for why only the person can go on. */
async function post(form, fields) {
  const { revision, _csrf } = form.elements;
  const body = new URLSearchParams({ _csrf: _csrf.value, revision: revision.value, ...fields });
  const answer = await fetch(form.action, { method: 'POST', headers: { Accept: 'application/json' }, body });
  if (answer.redirected || answer.status === 401 || answer.status === 403) return { stop: 'signedOut' };
  if (answer.status === 409) return { stop: 'conflict' };
  if (answer.status === 422 || answer.status === 400) return { stop: 'refused' };
  if (!answer.ok) throw new Error(String(answer.status));
  return { saved: await answer.json() };
}

/** On the page that shows both versions nothing is sent by itself: the person decides, by the buttons. */
const showsBoth = () => document.querySelector('[data-code="bid.changed-meanwhile"]') !== null;

/**
 * Saves by itself until only the person can go on; `save` gives whether nothing is left to save.
 * @param totals what showTotals gave
 */
function makeSaver(form, { unsaved, totals, signs }) {
  const { fields } = unsaved;
  let timer;
  let saving = null;
  let isStopped = showsBoth();

  async function saveOnce() {
    const sent = showsBoth() ? wholeForm(form) : Object.fromEntries(fields);
    signs.say(form.dataset.saving, false);
    const { stop, saved } = await post(form, sent);
    if (stop !== undefined) {
      isStopped = true;
      return signs.say(form.dataset[stop], true);
    }
    form.elements.revision.value = saved.revision;
    unsaved.wasSaved(sent);
    signs.markUnsubmitted(saved.isUnsubmitted || fields.size > 0);
    signs.showErrors(saved.errors);
    signs.showKnockOuts(saved.knockOuts ?? []);
    signs.showMissing(saved.missingCount);
    totals.takeUnits(saved);
    // While nothing newer is typed, the server's sum is the one that counts.
    if (fields.size === 0) totals.take(saved);
    signs.say(form.dataset.saved.replace('§', saved.savedAt), false);
  }
  const saveSoon = (milliseconds = WAIT_MS) => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void save(), milliseconds);
  };
  async function save() {
    clearTimeout(timer);
    if (saving !== null) await saving;
    if (fields.size === 0 || isStopped) return fields.size === 0;
    let wait = WAIT_MS;
    saving = saveOnce().catch(() => {
      wait = AGAIN_MS;
      unsaved.keep();
      signs.say(form.dataset.kept, true);
    });
    await saving;
    saving = null;
    if (fields.size > 0) saveSoon(wait);
    return fields.size === 0;
  }
  return {
    save,
    saveSoon,
    isStopped: () => isStopped,
    goOn() {
      isStopped = false;
    },
    stop(text) {
      isStopped = true;
      signs.say(text, true);
    },
  };
}

/** A button saves first and leaves then: what cannot be saved now is not lost to an error page of the browser. */
function saveBeforeLeaving(form, { unsaved, saver }) {
  let isLeaving = false;
  form.addEventListener('submit', async (event) => {
    if (isLeaving) return;
    event.preventDefault();
    // What stopped the saving is said by the page that a form gets.
    const isDecision = showsBoth();
    if (isDecision) {
      unsaved.note('note', form.elements.note.value);
      saver.goOn();
    }
    const isSaved = await saver.save();
    if (!isSaved && !saver.isStopped()) return;
    isLeaving = true;
    addHidden(form, unsaved.fields);
    // Not before this submission is over: until then a form takes no other.
    setTimeout(() => form.requestSubmit(event.submitter));
  });
  addEventListener('beforeunload', (event) => {
    if (unsaved.fields.size > 0 && !isLeaving) event.preventDefault();
  });
}

/** @param kept what openKept gave */
export function startSaving(form, { kept, totals }) {
  const signs = makeSigns(form);
  const unsaved = makeUnsaved(form, kept);
  const saver = makeSaver(form, { unsaved, totals, signs });
  const note = (name, value) => {
    unsaved.note(name, value);
    signs.markUnsubmitted(true);
    saver.saveSoon();
  };
  form.addEventListener('input', (event) => {
    if (!isOfDraft(event.target.name)) return;
    for (const { name, value } of together(form, event.target)) note(name, value);
  });
  addEventListener('online', () => void saver.save());
  saveBeforeLeaving(form, { unsaved, saver });
  const early = typedEarly(form);
  if (kept.found !== null) takeUp(form, { found: kept.found, early, unsaved, saver, signs });
  for (const input of early) input.dispatchEvent(new Event('input', { bubbles: true }));
  return { note, say: (text) => signs.say(text, false) };
}

const DIFFERS = {
  checkbox: (input) => input.checked !== input.defaultChecked,
  radio: (input) => input.checked && !input.defaultChecked,
  'select-one': (input) => [...input.options].some((one) => one.selected !== one.defaultSelected),
};

/** Fields that somebody was quick to fill in: on a slow line the page is there before its scripts are. */
const typedEarly = (form) =>
  [...form.elements].filter(
    (input) =>
      isOfDraft(input.name ?? '') &&
      (DIFFERS[input.type]?.(input) ?? input.value !== (input.defaultValue ?? input.value)),
  );

/** Everything on the page that shows both versions: what stands there is what is meant. */
const wholeForm = (form) => Object.fromEntries([...new FormData(form)].filter(([name]) => isOfDraft(name)));

/** What is of lines on other pages goes along with the form. */
function addHidden(form, fields) {
  for (const [name, value] of fields) {
    if (form.elements[name] !== undefined) continue;
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
}

function put(form, name, value) {
  const input = form.elements[name];
  if (input === undefined || input.value === value) return;
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Takes up what an earlier page on this device could not save; what is typed on this one already is newer. */
function takeUp(form, { found, early, unsaved, saver, signs }) {
  letDrop(unsaved);
  if (showsBoth()) return unsaved.takeOver(found);
  const newer = new Set(early.map((input) => input.name));
  const fields = Object.entries(found.fields).filter(
    ([name, value]) => !newer.has(name) && form.elements[name]?.value !== value,
  );
  if (fields.length === 0) return;
  unsaved.takeOver({ ...found, fields: Object.fromEntries(fields) });
  if (String(found.revision) === form.elements.revision.value) {
    for (const [name, value] of fields) put(form, name, value);
    signs.markUnsubmitted(true);
    signs.say(form.dataset.restored, false);
    return saver.saveSoon();
  }
  // Somebody saved meanwhile: both are shown, by the page that a refused form gets.
  saver.stop(form.dataset.conflict);
  form.querySelector('[data-kept-conflict]').hidden = false;
  form.querySelector('[data-show-kept]').addEventListener('click', () => {
    for (const [name, value] of fields) put(form, name, value);
    form.elements.revision.value = String(found.revision);
    form.requestSubmit();
  });
}

function letDrop(unsaved) {
  for (const drop of document.querySelectorAll('[data-drop-kept]'))
    drop.addEventListener('click', () => {
      unsaved.fields.clear();
      unsaved.keep();
      if (drop.tagName === 'BUTTON') location.reload();
    });
}

// A supplier's commit: moving and pasting as in a spreadsheet, and keeping what is typed. Nothing is submitted by itself.

const WAIT_MS = 800;
const AGAIN_MS = 5000;
const part = (name) =>
  import(new URL(`./${name}.js${new URL(import.meta.url).search}`, import.meta.url).href);
const { moveByKeys, pasteLines } = await part('bid-grid');

const form = document.getElementById('commit-form');
const savedAt = form.querySelector('[data-saved-at]');
let timer;
let isUnsaved = false;
let isStopped = false;
let saving = Promise.resolve();

const say = (text, isBad = false) => {
  savedAt.textContent = text;
  savedAt.classList.toggle('text-bad', isBad);
  savedAt.classList.toggle('text-secondary', !isBad);
};

async function saveNow() {
  if (!isUnsaved || isStopped) return;
  isUnsaved = false;
  say(form.dataset.saving);
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: 'POST', headers: { Accept: 'application/json' }, body });
  if (answer.status === 409 || answer.redirected || answer.status === 401 || answer.status === 403) {
    isStopped = true;
    return say(form.dataset.conflict, true);
  }
  // What cannot be read is typed on, and said at its field by the button.
  if (answer.status === 400 || answer.status === 422) return say(form.dataset.refused, true);
  if (!answer.ok) throw new Error(String(answer.status));
  const { revision, said } = await answer.json();
  form.elements.revision.value = revision;
  say(said);
}

const save = () => {
  saving = saving.then(saveNow).catch(() => {
    isUnsaved = true;
    say(form.dataset.failed, true);
    saveSoon(AGAIN_MS);
  });
  return saving;
};
function saveSoon(milliseconds = WAIT_MS) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

form.addEventListener('input', () => {
  isUnsaved = true;
  saveSoon();
});
moveByKeys(form);
pasteLines(form, { note() {}, say });

let isLeaving = false;
form.addEventListener('submit', async (event) => {
  if (isLeaving) return;
  event.preventDefault();
  clearTimeout(timer);
  // A save under way has to be over: the form goes out with the revision that it gave.
  isUnsaved = false;
  await saving;
  isLeaving = true;
  setTimeout(() => form.requestSubmit(event.submitter));
});
addEventListener('beforeunload', (event) => {
  if (isUnsaved && !isLeaving) event.preventDefault();
});
document.documentElement.dataset.commitReady = 'yes';

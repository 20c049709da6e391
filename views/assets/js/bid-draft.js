// The page on which a bid is written: totals, saving, keeping what cannot be saved, moving and pasting.

// The parts carry the version of this file's address: they are cached as long as it is.
const part = (name) =>
  import(new URL(`./${name}.js${new URL(import.meta.url).search}`, import.meta.url).href);

const form = document.getElementById('bid-form');
const [{ showTotals }, { openKept }, { startSaving }, { moveByKeys, pasteLines }] = await Promise.all(
  ['bid-totals', 'bid-kept', 'bid-saving', 'bid-grid'].map(part),
);
const kept = await openKept(form.dataset);
moveByKeys(form);
pasteLines(form, startSaving(form, { kept, totals: showTotals(form) }));
// Another currency names every price anew: the page is saved and comes back in it.
form.elements.currency?.addEventListener('change', () => {
  form.requestSubmit(form.querySelector('button[name="next"][value="edit"]'));
});
document.documentElement.dataset.draftReady = 'yes';
addEventListener('pageshow', (event) => {
  // Coming back by the browser's cache: what is shown may be older than what is kept.
  if (event.persisted) location.reload();
});

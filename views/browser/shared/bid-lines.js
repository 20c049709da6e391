// The lines of a bid that is sealed here, a page at a time. Their rows come from the server, empty; which of them are
// looked at for what was typed in them, it does not learn.
import { LINES_A_PAGE, linesShown } from '../../../src/bids/draft-lines.ts';

/** The rows of a page of lines, as the server writes them: empty. */
export async function fetchRows(base, page) {
  const answer = await fetch(`${base}/sealed-lines?page=${page}`);
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const table = `<table><tbody>${await answer.text()}</tbody></table>`;
  const rows = new DOMParser().parseFromString(table, 'text/html').querySelectorAll('tbody > tr');
  return [...rows].map((row) => document.adoptNode(row));
}

/** Rows by the line they are of, and the headings of lots: what was fetched once stays. */
function makeRows(body, fetchRows) {
  const rowsOf = new Map();
  const lotRows = new Map();
  const take = (rows) => {
    let lineId;
    for (const row of rows)
      if (row.dataset.line !== undefined) {
        lineId = row.dataset.line;
        rowsOf.set(lineId, [row]);
      } else if (row.classList.contains('lot-row')) {
        const { lotTotal } = row.querySelector('[data-lot-total]').dataset;
        if (!lotRows.has(lotTotal)) lotRows.set(lotTotal, row);
      } else rowsOf.get(lineId)?.push(row);
  };
  take([...body.children]);
  return {
    rowsOf,
    lotRows,
    has: (lineId) => rowsOf.has(lineId),
    async fetch(page) {
      take(await fetchRows(page));
    },
  };
}

/** Fetches what is not here yet: the page that is asked for, and all of them where the choice would say what was typed. */
async function fetchMissing(rows, { items, ids, isChosen }) {
  const pages = new Set();
  for (const [at, { id }] of items.entries())
    if (!rows.has(id) && (isChosen || ids.includes(id))) pages.add(Math.floor(at / LINES_A_PAGE) + 1);
  for (const page of pages) await rows.fetch(page);
}

/** The counts on the buttons, and where among the pages one is. */
function makeSigns(controls, { words, locale }) {
  const number = new Intl.NumberFormat(locale);
  const where = controls?.querySelector('[data-lines-where]');
  return {
    wait() {
      if (controls !== null) where.textContent = '…';
    },
    count(shown, total) {
      const counts = { all: total, missing: shown.missingCount, wrong: shown.wrongCount };
      for (const button of controls?.querySelectorAll('[data-lines-only]') ?? [])
        button.textContent = words(`bids.lines.only.${button.dataset.linesOnly}`, {
          count: number.format(counts[button.dataset.linesOnly]),
        });
    },
    place(shown) {
      if (controls === null) return;
      where.textContent = words('bids.lines.page', {
        page: shown.page,
        pages: shown.pageCount,
        count: number.format(shown.foundCount),
      });
      for (const step of controls.querySelectorAll('[data-lines-step]'))
        step.disabled = shown.page + Number(step.dataset.linesStep) < 1 || isBeyond(shown, step);
      for (const button of controls.querySelectorAll('[data-lines-only]')) {
        const isChosen = button.dataset.linesOnly === shown.only;
        button.classList.toggle('active', isChosen);
        button.setAttribute('aria-pressed', String(isChosen));
      }
    },
  };
}

const isBeyond = (shown, step) => shown.page + Number(step.dataset.linesStep) > shown.pageCount;

/**
 * @param editor the fieldset that holds the form
 * @param of `items` in the order of their lots, `fetchRows` for a page of them, `findRead` for what is read now, and
 *   `onShown` for the rows that are shown
 */
export function openLines(editor, { items, words, locale, fetchRows, findRead, onShown, onFailed }) {
  const body = editor.querySelector('[data-line-rows]');
  const controls = editor.querySelector('[data-lines-controls]');
  const search = controls?.querySelector('[data-lines-q]');
  const rows = makeRows(body, fetchRows);
  const signs = makeSigns(controls, { words, locale });
  let asked = { q: '', only: 'all', page: 1 };
  const shownNow = () => linesShown(items, findRead(), { asked, typed: null });

  async function show() {
    const shown = shownNow();
    const wanted = shown.places.map((place) => items[place]);
    const isChosen = asked.q !== '' || asked.only !== 'all';
    signs.wait();
    try {
      await fetchMissing(rows, { items, ids: wanted.map(({ id }) => id), isChosen });
    } catch {
      return onFailed();
    }
    asked = { q: asked.q, only: asked.only, page: shown.page };
    const lots = new Set();
    body.replaceChildren(
      ...wanted.flatMap(({ id, lotId }) => {
        const heading = lots.has(lotId) ? undefined : rows.lotRows.get(lotId ?? '');
        lots.add(lotId);
        return [...(heading === undefined ? [] : [heading]), ...(rows.rowsOf.get(id) ?? [])];
      }),
    );
    if (shown.pageCount > 1) editor.dataset.lineIds = shown.foundIds.join(' ');
    else delete editor.dataset.lineIds;
    if (controls !== null) editor.querySelector('[data-lines-none]').hidden = wanted.length > 0;
    signs.place(shown);
    signs.count(shown, items.length);
    onShown([...body.children]);
  }

  const ask = (change) => {
    asked = { ...asked, page: 1, ...change };
    return show();
  };
  controls?.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button === null) return;
    const { linesOnly, linesStep } = button.dataset;
    if (linesOnly !== undefined) void ask({ only: linesOnly });
    else if (linesStep !== undefined) void ask({ page: asked.page + Number(linesStep) });
    else void ask({ q: search.value });
  });
  search?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    void ask({ q: search.value });
  });
  return {
    show,
    count: () => signs.count(shownNow(), items.length),
    /** Shows the page with this line on it, whatever was searched for. */
    goTo(line) {
      if (search !== undefined && search !== null) search.value = '';
      return ask({ q: '', only: 'all', line });
    },
  };
}

// The lines of a bid as a grid: moving by keys, and pasting what was copied from a spreadsheet.

/** The columns of the grid; what unit a line is priced in is no column. */
const inputsOf = (line) =>
  [...line.querySelectorAll('input[name^="lines["]')].filter(
    (input) => input.closest('[data-unit-fields]') === null,
  );
const fieldOf = (input) => input.name.replace(/^.*\[(\w+)\]$/, '$1');

/** The same column of the line above or below; nothing where there is none. */
function goTo(form, { from, isUp }) {
  const lines = [...form.querySelectorAll('[data-line]')];
  const next = lines[lines.indexOf(from.closest('[data-line]')) + (isUp ? -1 : 1)];
  if (next === undefined) {
    if (!isUp) form.querySelector('[data-next-page]:not(:disabled)')?.focus();
    return;
  }
  const target = inputsOf(next).find((input) => fieldOf(input) === fieldOf(from));
  target?.focus();
  target?.select();
}

/** Enter and the arrows go to the same column of the next line, as in a spreadsheet, and send nothing by accident. */
export function moveByKeys(form) {
  form.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (event.isComposing || target.closest('[data-line]') === null || target.tagName !== 'INPUT') return;
    const isEnter = key === 'Enter';
    // A list of units keeps its arrows.
    const isInGrid = target.closest('[data-unit-fields]') === null;
    if (!isEnter && !(isInGrid && (key === 'ArrowDown' || key === 'ArrowUp'))) return;
    event.preventDefault();
    if (isInGrid) goTo(form, { from: target, isUp: key === 'ArrowUp' || (isEnter && event.shiftKey) });
  });
  form.querySelector('[data-search]')?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('[data-search-button]'));
  });
}

/** Rows of cells, as a spreadsheet copies them: a cell in quotes may hold tabs, line ends and doubled quotes. */
export function cellsIn(text) {
  const rows = [[]];
  const cell = /"((?:[^"]|"")*)"(?=[\t\r\n]|$)|[^\t\r\n]*/y;
  let at = 0;
  while (at <= text.length) {
    cell.lastIndex = at;
    const [whole, quoted] = cell.exec(text);
    rows.at(-1).push((quoted === undefined ? whole : quoted.replaceAll('""', '"')).trim());
    at += whole.length;
    if (at >= text.length) break;
    if (text[at] === '\t') at += 1;
    else {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      if (at < text.length) rows.push([]);
      else break;
    }
  }
  return rows;
}

/** `1,234.50` can be read in one way only; what could be read in two is left for the person to see. */
export const asTyped = (field, value) =>
  field === 'unitPrice' && /^\d{1,3}(,\d{3})+\.\d+$/.test(value) ? value.replaceAll(',', '') : value;

/** The fields that pasted rows fill: from one line on, and from one column on; what does not fit is counted. */
export function planPaste(rows, { ids, first, columns, from }) {
  const taken = rows.slice(0, ids.length - first);
  const fields = taken.flatMap((cells, index) =>
    cells
      .slice(0, columns.length - from)
      .map((cell, offset) => [
        `lines[${ids[first + index]}][${columns[from + offset]}]`,
        asTyped(columns[from + offset], cell),
      ]),
  );
  return { fields, count: taken.length, left: rows.length - taken.length };
}

/** Fills lines from the one where it is pasted on, over the end of the page where there are more. */
export function pasteLines(form, { note, say }) {
  form.addEventListener('paste', (event) => {
    const line = event.target.closest('[data-line]');
    const rows = cellsIn(event.clipboardData.getData('text/plain'));
    if (
      line === null ||
      event.target.closest('[data-unit-fields]') !== null ||
      (rows.length === 1 && rows[0].length === 1)
    )
      return;
    event.preventDefault();
    const ids =
      form.dataset.lineIds?.split(' ') ??
      [...form.querySelectorAll('[data-line]')].map((one) => one.dataset.line);
    const columns = inputsOf(line).map(fieldOf);
    const { fields, count, left } = planPaste(rows, {
      ids,
      first: ids.indexOf(line.dataset.line),
      columns,
      from: columns.indexOf(fieldOf(event.target)),
    });
    for (const [name, value] of fields) fill(form, { name, value, note });
    say((left > 0 ? form.dataset.pastedCut : form.dataset.pasted).replace('§', count).replace('¤', left));
  });
}

function fill(form, { name, value, note }) {
  const input = form.elements[name];
  if (input === undefined) return note(name, value);
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

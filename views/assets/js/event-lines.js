// The grid of lines on an event's form: rows come and go, and cells copied from a spreadsheet are pasted as rows.
// Without this script a row is added by sending the form, and an emptied row is left out.
const grid = document.querySelector('[data-line-grid] tbody');
if (grid !== null) {
  // As the first row names them: forms of other documents have other columns.
  const FIELDS = [...grid.querySelector('[data-line]').querySelectorAll('input')].map((input) =>
    input.name.slice(input.name.lastIndexOf('[') + 1, -1),
  );
  const blank = grid.querySelector('[data-line]').cloneNode(true);
  for (const input of blank.querySelectorAll('input')) {
    input.setAttribute('value', '');
    input.classList.remove('is-invalid');
    input.removeAttribute('aria-describedby');
  }
  for (const gone of blank.querySelectorAll('.invalid-feedback, [data-line-details]')) gone.remove();

  const inputsOf = (row) => FIELDS.map((field) => row.querySelector(`input[name$="[${field}]"]`));
  const renumber = () => {
    for (const [index, row] of [...grid.children].entries()) {
      row.querySelector('[data-line-no]').textContent = index + 1;
      for (const input of row.querySelectorAll('[name^="lines["]')) {
        input.name = input.name.replace(/^lines\[\d+\]/, `lines[${index}]`);
        if (input.type === 'hidden') continue;
        input.id = input.id.replace(/^field-lines-\d+/, `field-lines-${index}`);
        input.setAttribute('aria-label', input.getAttribute('aria-label').replace(/\d+$/, index + 1));
      }
    }
  };
  const addRow = () => {
    const row = blank.cloneNode(true);
    grid.append(row);
    renumber();
    return row;
  };

  document.querySelector('[data-add-line]').addEventListener('click', (event) => {
    event.preventDefault();
    inputsOf(addRow())[0].focus();
  });
  grid.addEventListener('click', (event) => {
    const button = event.target.closest('[data-remove-line]');
    if (button === null) return;
    const row = button.closest('[data-line]');
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (next === null) for (const input of row.querySelectorAll('input')) input.value = '';
    else row.remove();
    renumber();
    inputsOf(next ?? row)[0].focus();
  });
  grid.addEventListener('paste', (event) => {
    const text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '');
    if (!text.includes('\t') && !text.includes('\n')) return;
    event.preventDefault();
    let row = event.target.closest('[data-line]');
    const start = inputsOf(row).indexOf(event.target);
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (index > 0) row = row.nextElementSibling ?? addRow();
      for (const [at, value] of line.split('\t').entries()) {
        const input = inputsOf(row)[start + at];
        if (input !== undefined) input.value = value.trim();
      }
    }
  });
}

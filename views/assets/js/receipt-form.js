// Asks why less came than was announced only where less did; without this script the question always stands there.
for (const row of document.querySelectorAll('[data-announced]')) {
  const quantity = row.querySelector('input[inputmode="decimal"]');
  const reason = row.querySelector('[data-reason]');
  if (quantity === null || reason === null) continue;
  const ask = () => {
    reason.hidden = Number(quantity.value) >= Number(row.dataset.announced);
  };
  quantity.addEventListener('input', ask);
  ask();
}

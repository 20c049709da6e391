// Asks why less came than was announced only where less did; without this script the question always stands there.
for (const row of document.querySelectorAll('[data-announced]')) {
  const quantity = row.querySelector('input[inputmode="decimal"]');
  const reason = row.querySelector('[data-reason]');
  if (quantity === null || reason === null) continue;
  const rejected = row.querySelector('input[name$="[rejectedQuantity]"]');
  const ask = () => {
    const came = Number(quantity.value) + Number(rejected?.value ?? 0);
    reason.hidden = came >= Number(row.dataset.announced);
  };
  quantity.addEventListener('input', ask);
  rejected?.addEventListener('input', ask);
  ask();
}

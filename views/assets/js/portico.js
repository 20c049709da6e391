// What every page gets on top of working without JavaScript.
document.addEventListener('DOMContentLoaded', () => {
  // After a refusal the reader starts at what is wrong.
  document.getElementById('error-summary')?.focus();
  // A form is sent once, however often its button is pressed; it can be sent again after coming back.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.sent === 'yes') event.preventDefault();
    else if (!event.defaultPrevented && form.method === 'post') form.dataset.sent = 'yes';
  });
  addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
  // What bids keep on this device for who is signed in goes with the sign-out.
  document.querySelector('form[action="/sign-out"]')?.addEventListener('submit', () => {
    for (const key of Object.keys(localStorage))
      if (key.startsWith('portico.bid.')) localStorage.removeItem(key);
  });
  // What is wider than the screen can be scrolled by the keyboard as well.
  for (const frame of document.querySelectorAll('.table-responsive'))
    if (frame.scrollWidth > frame.clientWidth && frame.querySelector('a, button, input, select') === null)
      frame.tabIndex = 0;
  // Acts that cannot be undone ask once more: <button data-confirm="…">.
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-confirm]');
    if (button !== null && !confirm(button.dataset.confirm)) event.preventDefault();
  });
});
// What a page shows is over at an instant of the server's: it is looked at again then, unless somebody is typing.
const isTouched = () =>
  [...document.querySelectorAll('input:not([type=hidden]), textarea')].some(
    (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
  );
addEventListener('load', () => {
  const after = Number(document.querySelector('[data-refresh-after]')?.dataset.refreshAfter);
  // A timer counts to 2^31 ms: what closes in a month closes on another page.
  if (after > 0 && after < 2_147_483_647)
    setTimeout(() => {
      if (!isTouched()) location.reload();
    }, after);
});
document.addEventListener('htmx:configRequest', (event) => {
  const token = document.querySelector('input[name=_csrf]')?.value;
  if (token !== undefined) event.detail.headers['x-csrf-token'] = token;
});

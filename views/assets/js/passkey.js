// Makes or uses a passkey: <form data-passkey="register|sign-in" data-options="…">. The browser's answer goes on in the
// form's own post. Where there are no passkeys, the form stays hidden.
const { startAuthentication, startRegistration, browserSupportsWebAuthn } = globalThis.SimpleWebAuthnBrowser;

async function answer(form) {
  const options = await fetch(form.dataset.options, {
    method: 'POST',
    headers: { 'x-csrf-token': form.elements._csrf.value },
  });
  if (!options.ok) throw new Error(String(options.status));
  const optionsJSON = await options.json();
  return form.dataset.passkey === 'register'
    ? startRegistration({ optionsJSON })
    : startAuthentication({ optionsJSON });
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.hidden = !browserSupportsWebAuthn();
  const failed = form.querySelector('[data-failed]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.response.value = JSON.stringify(await answer(form));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}

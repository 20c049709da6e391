// Says how far an upload is, and what is too large before it is sent. Without it the form works as it is.

const say = (form, text, isBad) => {
  const place = form.querySelector('[data-upload-says]');
  place.textContent = text;
  place.classList.toggle('text-bad', isBad);
};

/** The first chosen file that is larger than the form takes. */
function tooLarge(form) {
  const most = Number(form.dataset.megabytes) * 1_048_576;
  return [...form.querySelectorAll('input[type="file"]')]
    .flatMap((input) => [...input.files])
    .find((file) => file.size > most);
}

/** What the form itself answers, a preview or a refusal with its errors, is shown in place; another page is opened. */
function show(form, request) {
  const main = request.response?.getElementById('main');
  const isElsewhere = request.responseURL !== form.action;
  if (request.status < 400 && isElsewhere) location.assign(request.responseURL);
  else if (main === null || main === undefined) say(form, form.dataset.failed, true);
  else {
    document.getElementById('main').replaceWith(document.adoptNode(main));
    document.getElementById('error-summary')?.focus();
  }
}

function send(form) {
  const bar = form.querySelector('progress');
  const buttons = form.querySelectorAll('button');
  const request = new XMLHttpRequest();
  const end = () => {
    bar.hidden = true;
    for (const button of buttons) button.disabled = false;
  };
  request.open('POST', form.action);
  request.responseType = 'document';
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    bar.max = total;
    bar.value = loaded;
    const percent = total === 0 ? 0 : Math.floor((100 * loaded) / total);
    say(form, percent < 100 ? form.dataset.sending.replace('§', percent) : form.dataset.checking, false);
  });
  request.addEventListener('load', () => {
    end();
    show(form, request);
  });
  request.addEventListener('error', () => {
    end();
    say(form, form.dataset.failed, true);
  });
  bar.hidden = false;
  for (const button of buttons) button.disabled = true;
  request.send(new FormData(form));
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('form[data-upload]') || event.defaultPrevented) return;
  event.preventDefault();
  const large = tooLarge(form);
  if (large === undefined) send(form);
  else say(form, form.dataset.tooLarge.replace('§', large.name), true);
});

// Presses "Continue" on a page that only passes something on.
document.querySelector('form[data-auto-submit]')?.requestSubmit();

// Runs before the page is painted: a reader who has not chosen gets what the system says.
if (
  document.documentElement.dataset.themeChoice === 'auto' &&
  matchMedia('(prefers-color-scheme: dark)').matches
)
  document.documentElement.dataset.bsTheme = 'dark';

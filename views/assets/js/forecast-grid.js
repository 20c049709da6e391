// Enter and the arrows move down and up a column of a forecast, as in a spreadsheet; pasting is in event-lines.js.
const part = (name) =>
  import(new URL(`./${name}.js${new URL(import.meta.url).search}`, import.meta.url).href);
const { moveByKeys } = await part('bid-grid');
moveByKeys(document.getElementById('forecast-form'));
document.documentElement.dataset.gridReady = 'yes';

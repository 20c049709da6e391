export { commitChanged, commitWhole } from './commits.service.ts';
export { findForecastById as findForecast } from './forecast.store.ts';
export { fewestWeeks, mostLines, mostWeeks } from './forecast.ts';
export { waitingFor } from './forecast-page.service.ts';
export { getForecastRow as getForecast } from './forecasts.queries.ts';
export { forecastsRoutes } from './forecasts.routes.ts';
export { createForecast, publishForecast, saveDraft, startVersion } from './forecasts.service.ts';
export { receiveForecast, type ToldForecast, tellForecast } from './incoming.service.ts';
export { remindOfForecasts } from './reminders.service.ts';

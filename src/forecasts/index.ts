export { findForecastById as findForecast } from './forecast.store.ts';
export { waitingFor } from './forecast-page.service.ts';
export { forecastsRoutes } from './forecasts.routes.ts';
export { remindOfForecasts } from './reminders.service.ts';

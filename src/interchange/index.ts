export { API_PATH, apiRoutes } from './api.routes.ts';
export { integrationsRoutes } from './integrations.routes.ts';

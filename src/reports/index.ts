export { reportsRoutes } from './reports.routes.ts';
export { findRequest, makeExport, mayReadDocument } from './reports.service.ts';

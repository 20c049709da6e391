export { waitingFor } from './disputes.queries.ts';
export { disputesRoutes } from './disputes.routes.ts';
export { passTimeOnDisputes } from './disputes.service.ts';
export { getDisputeNews, getMessageNews } from './news.service.ts';

export type { Document, Subject, Visibility } from './document.ts';
export { documentRoutes } from './documents.routes.ts';
export {
  attachUploads,
  documentsOf,
  findDocument,
  type MayRead,
  openDocument,
  removeAttachment,
  storeGenerated,
} from './documents.service.ts';
export { acceptedExtensions } from '../platform/storage/check-file.ts';

export { acceptedExtensions } from '../platform/storage/check-file.ts';
export {
  contentDisposition,
  type Document,
  mayOpenInBrowser,
  type Subject,
  type Visibility,
} from './document.ts';
export { documentRoutes } from './documents.routes.ts';
export {
  attachUploads,
  checkUploads,
  copyAttachment,
  documentsOf,
  documentsOfAll,
  findDocument,
  type MayRead,
  openDocument,
  removeAttachment,
  storeGenerated,
} from './documents.service.ts';

import { pipeline } from 'node:stream/promises';
import { idParam } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { contentDisposition, mayOpenInBrowser } from './document.ts';
import { type MayRead, openDocument } from './documents.service.ts';

// A browser that shows the file anyway runs nothing of it.
const SANDBOX = "sandbox; default-src 'none'";
// The viewers of PDF files do not start in a sandbox; they give a file no part of our origin, and the type is sniffed by nobody.
const VIEWER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

/** Downloads. `mayRead` tells for each type of subject who may read its files. */
export function documentRoutes(web: WebDeps, { mayRead }: { mayRead: MayRead }): PortalRouter {
  const router = makeRouter(web);

  // The name in the address is for people and for programs that save by it; the id alone decides.
  router.get('/documents/:documentId/:fileName', 'document.read', async (req, res) => {
    const documentId = idParam(req, 'documentId');
    const { document, content } = await web.runInTx(whoOf(req), (ctx) =>
      openDocument(ctx, documentId, mayRead),
    );
    const isInline = req.query['inline'] === '1' && mayOpenInBrowser(document);
    res.set({
      'Content-Type': document.mediaType,
      'Content-Length': String(document.sizeBytes),
      'Content-Disposition': contentDisposition(isInline ? 'inline' : 'attachment', document.fileName),
      'Content-Security-Policy': isInline && document.mediaType === 'application/pdf' ? VIEWER : SANDBOX,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'private, no-store',
    });
    // A reader who breaks off the download is no error; a file that cannot be read ends the answer short.
    await pipeline(content, res).catch(() => res.destroy());
  });

  return router;
}

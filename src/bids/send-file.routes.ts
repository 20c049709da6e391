import type { Response } from 'express';
import { contentDisposition } from '../documents/index.ts';

/** A file for its reader: never shown in the page, nothing of it runs. */
export function sendFile(
  res: Response,
  fileName: string,
  content: Uint8Array,
  mediaType = 'application/octet-stream',
): void {
  res.set({
    'Content-Type': mediaType,
    'Content-Disposition': contentDisposition('attachment', fileName),
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'private, no-store',
  });
  res.send(Buffer.from(content));
}

import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { RequestHandler } from 'express';
import multer from 'multer';
import { AppError } from '../../kernel/errors.ts';

/** A file of a form, on disk for the length of the request. */
export type UploadedFile = {
  readonly field: string;
  /** As the sender named it: shown, never used as a path. */
  readonly fileName: string;
  readonly path: string;
  readonly sizeBytes: number;
};
export type UploadLimits = { readonly files: number; readonly bytesPerFile: number };

/**
 * Receives a multipart form to disk with every limit set, so that an oversized file is refused while it
 * arrives and never read. Files are removed when the answer has been sent.
 * @throws AppError `upload.too-large`, `upload.too-many-files`, `upload.malformed`
 */
export function receiveUploads(limits: UploadLimits): RequestHandler {
  const receive = multer({
    dest: tmpdir(),
    limits: {
      files: limits.files,
      fileSize: limits.bytesPerFile,
      fields: 20_000,
      fieldSize: 64 * 1024,
      fieldNameSize: 200,
      parts: 20_000,
      headerPairs: 50,
    },
    defParamCharset: 'utf8',
  }).any();
  return (req, res, next) => {
    receive(req, res, (error: unknown) => {
      const files = Array.isArray(req.files) ? req.files : [];
      req.uploads = files
        .filter((file) => file.size > 0)
        .map((file) => ({
          field: file.fieldname,
          fileName: file.originalname.slice(0, 255),
          path: file.path,
          sizeBytes: file.size,
        }));
      res.once('close', () => {
        for (const file of files) void rm(file.path, { force: true });
      });
      next(error === undefined || error === null ? undefined : asAppError(error, limits));
    });
  };
}

function asAppError(error: unknown, limits: UploadLimits): unknown {
  if (!(error instanceof multer.MulterError))
    return new AppError('invalid', 'upload.malformed', 'The upload could not be read');
  if (error.code === 'LIMIT_FILE_SIZE')
    return new AppError('invalid', 'upload.too-large', 'The file is too large', {
      params: { megabytes: Math.round(limits.bytesPerFile / 1_048_576) },
    });
  if (error.code === 'LIMIT_FILE_COUNT')
    return new AppError('invalid', 'upload.too-many-files', 'Too many files', {
      params: { maximum: limits.files },
    });
  return new AppError('invalid', 'upload.malformed', 'The upload could not be read');
}

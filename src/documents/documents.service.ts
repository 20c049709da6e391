import type { Readable } from 'node:stream';
import { record, recordAll } from '../audit/index.ts';
import { AppError, type FieldError, found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isWithinLimit } from '../kernel/limit.ts';
import type { Ctx } from '../platform/db/context.ts';
import { acceptedExtensions, checkFile, FileRefused } from '../platform/storage/check-file.ts';
import { readStreamOf } from '../platform/storage/disk.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import * as store from './document.store.ts';
import {
  cleanFileName,
  type Document,
  documentLifecycle,
  readingOf,
  type Subject,
  type Visibility,
} from './document.ts';

/** May this reader see a file of this subject? Each domain answers for its own; see {@link findDocument}. */
export type MayRead = Readonly<Record<string, (ctx: Ctx, document: Document) => Promise<boolean>>>;

type Attachment = {
  readonly subject: Subject;
  readonly kind?: string;
  readonly visibility: Visibility;
  /** Whose it is; required when the visibility is `supplier`. */
  readonly supplierId?: string | null;
  readonly files: readonly UploadedFile[];
  /** Which extensions are taken in here; those of all attachments where nothing is said. */
  readonly accepted?: readonly string[];
};

/**
 * Takes in the files of a form: each is checked by name and content, stored, and added to its subject. A file
 * of a name that is there already becomes its next version, and the very same file is not added twice.
 * Gives a document for each file, in their order. The caller has decided that the actor may add to the subject.
 * @throws AppError `invalid` `document.refused` with a field for each refused file, `document.too-many`
 */
export async function attachUploads(ctx: Ctx, attachment: Attachment): Promise<Document[]> {
  const { subject, files, kind = 'attachment' } = attachment;
  const checked = await checkUploads(files, attachment.accepted);
  await store.lockSubject(ctx.tx, subject);
  const present = (await store.findDocumentsOf(ctx.tx, subject, null)).filter(
    (one) =>
      one.kind === kind &&
      one.visibility === attachment.visibility &&
      one.supplierId === (attachment.supplierId ?? null),
  );
  const maximum = ctx.policies.limits.uploadsPerDocument;
  if (present.length + files.length > maximum)
    throw ruleBroken('document.too-many', `At most ${maximum} files`, { maximum });
  const added: Document[] = [];
  const taken: Document[] = [];
  for (const { file, fileName, mediaType } of checked) {
    const stored = await ctx.storage.put(readStreamOf(file.path));
    const versions = [...present, ...added].filter((one) => one.fileName === fileName);
    const same = versions.find((one) => one.sha256 === stored.sha256);
    if (same === undefined) {
      const version = Math.max(0, ...versions.map((one) => one.version)) + 1;
      added.push({ ...newDocument(ctx, { ...attachment, kind, fileName, mediaType, stored }), version });
    } else await ctx.storage.remove(stored.key);
    taken.push(same ?? (added.at(-1) as Document));
  }
  await addAll(ctx, added);
  return taken;
}

/**
 * Checks the files of a form by name and content, all at once; for a domain that stores them its own way.
 * @throws AppError `invalid` `document.refused` with a field for each refused file
 */
export async function checkUploads(
  files: readonly UploadedFile[],
  accepted: readonly string[] = acceptedExtensions,
): Promise<{ file: UploadedFile; fileName: string; mediaType: string }[]> {
  const checked: { file: UploadedFile; fileName: string; mediaType: string }[] = [];
  const refused: FieldError[] = [];
  for (const file of files) {
    const fileName = cleanFileName(file.fileName);
    try {
      if (fileName === null) throw new FileRefused('kind-not-accepted');
      checked.push({ file, fileName, mediaType: await checkFile(file.path, fileName, accepted) });
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error;
      const shown = fileName ?? file.fileName.slice(0, 100);
      refused.push({
        path: file.field,
        code: `document.${error.fault}`,
        message: `${shown}: ${error.fault}`,
        params: {
          file: error.detail === '' ? shown : `${shown} (${error.detail})`,
          accepted: accepted.join(', '),
        },
      });
    }
  }
  if (refused.length > 0)
    throw new AppError('invalid', 'document.refused', 'Files were refused', { fields: refused });
  return checked;
}

type Generated = {
  readonly subject: Subject;
  readonly kind: string;
  readonly version: number;
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: Readable | Uint8Array;
  readonly visibility: Visibility;
  readonly supplierId?: string | null;
};

/**
 * Keeps a file that the portal made. The same subject, kind, version and name give the file that is there
 * already, so a job that runs again adds nothing.
 */
export async function storeGenerated(ctx: Ctx, made: Generated): Promise<Document> {
  const present = await store.findDocumentByName(ctx.tx, made);
  if (present !== undefined) {
    if (!(made.content instanceof Uint8Array)) made.content.destroy();
    return present;
  }
  const stored = await ctx.storage.put(made.content);
  const document = { ...newDocument(ctx, { ...made, stored }), version: made.version, uploadedBy: null };
  if (await addAll(ctx, [document])) return document;
  await ctx.storage.remove(stored.key);
  return found('document', await store.findDocumentByName(ctx.tx, made));
}

/**
 * A file once more, for another subject and its readers: what happens to one says nothing of the other. The caller has
 * decided that the actor may read the one and give the other.
 */
export async function copyAttachment(
  ctx: Ctx,
  of: { documentId: string; subject: Subject; visibility: Visibility },
): Promise<void> {
  const { document, content } = await openDocument(ctx, of.documentId);
  const stored = await ctx.storage.put(content);
  const { kind, fileName, mediaType } = document;
  const { subject, visibility } = of;
  const copy = newDocument(ctx, { subject, visibility, kind, fileName, mediaType, stored });
  const present = await documentsOf(ctx, subject.type, subject.id);
  const versions = present.filter((one) => one.fileName === fileName).map((one) => one.version);
  await addAll(ctx, [{ ...copy, version: Math.max(0, ...versions) + 1 }]);
}

type NewDocument = Pick<
  Generated,
  'subject' | 'kind' | 'fileName' | 'mediaType' | 'visibility' | 'supplierId'
> & {
  readonly stored: { readonly key: string; readonly sizeBytes: number; readonly sha256: string };
};

const newDocument = (ctx: Ctx, made: NewDocument): Document => ({
  id: newId(),
  subject: made.subject,
  kind: made.kind,
  version: 1,
  fileName: made.fileName,
  mediaType: made.mediaType,
  sizeBytes: made.stored.sizeBytes,
  sha256: made.stored.sha256,
  storageKey: made.stored.key,
  visibility: made.visibility,
  supplierId: made.supplierId ?? null,
  // Name, content and structure have been checked before it was stored; a virus scanner would come in between.
  state: documentLifecycle.next(documentLifecycle.initial, 'clear'),
  uploadedBy: ctx.actor.userId,
  createdAt: ctx.now,
});

/** False when another transaction has just added the same. */
async function addAll(ctx: Ctx, documents: readonly Document[]): Promise<boolean> {
  if (documents.length === 0) return true;
  const inserted = await store.insertDocuments(ctx.tx, documents);
  await recordAll(
    ctx,
    documents
      .filter((document) => inserted.includes(document.id))
      .map((document) => ({
        action: 'document.added',
        subject: document.subject,
        supplierId: document.supplierId,
        changes: changesOf(document),
      })),
  );
  return inserted.length === documents.length;
}

/** A supplier's own file may belong to a sealed bid: then even its name is content. */
const changesOf = (document: Document): Record<string, unknown> => ({
  documentId: document.id,
  kind: document.kind,
  version: document.version,
  sha256: document.sha256,
  ...(document.visibility === 'supplier' ? {} : { fileName: document.fileName }),
});

/**
 * The files of a subject, oldest first; of these a supplier sees its own and those for participants. The
 * caller has decided that the actor may see the subject.
 */
export const documentsOf = (ctx: Ctx, subjectType: string, subjectId: string): Promise<Document[]> =>
  store.findDocumentsOf(ctx.tx, { type: subjectType, id: subjectId }, ctx.actor.supplierId);

/** The files of several subjects of one kind, in one query; otherwise as {@link documentsOf}. */
export const documentsOfAll = (
  ctx: Ctx,
  subjectType: string,
  subjectIds: readonly string[],
): Promise<Document[]> =>
  subjectIds.length === 0
    ? Promise.resolve([])
    : store.findDocumentsOfAll(ctx.tx, { type: subjectType, ids: subjectIds }, ctx.actor.supplierId);

/**
 * One file, if the actor may read it. The subject's domain is asked by `mayRead` about staff and about files
 * for participants; where it says nothing, staff may read and suppliers may not.
 * @throws AppError `document.not-found`, also for what the actor may not know of
 */
export async function findDocument(ctx: Ctx, id: string, mayRead: MayRead = {}): Promise<Document> {
  const document = found('document', await store.findDocumentById(ctx.tx, id));
  if (!isWithinLimit(ctx.actor, 'document.read', document.subject)) throw notFound('document');
  const reading = readingOf(ctx.actor, document);
  const ask = mayRead[document.subject.type];
  const isAllowed =
    reading === 'ask-domain'
      ? await (ask === undefined ? ctx.actor.kind === 'staff' : ask(ctx, document))
      : reading === 'yes';
  return found('document', isAllowed ? document : null);
}

/**
 * A file with its content.
 * @throws AppError `document.not-found`, `document.not-released` while it is checked or in quarantine
 */
export async function openDocument(
  ctx: Ctx,
  id: string,
  mayRead: MayRead = {},
): Promise<{ document: Document; content: Readable }> {
  const document = await findDocument(ctx, id, mayRead);
  if (document.state !== 'clean')
    throw ruleBroken('document.not-released', 'The file has not been released', { file: document.fileName });
  return { document, content: await ctx.storage.open(document.storageKey) };
}

/**
 * Takes a file off its subject. Its row and content stay, because somebody may have seen it. The caller has
 * decided that the actor may change the subject; a supplier removes only its own files.
 * @throws AppError `document.not-found`
 */
export async function removeAttachment(ctx: Ctx, subject: Subject, documentId: string): Promise<void> {
  const document = found('document', await store.findDocumentById(ctx.tx, documentId));
  const isOfSubject = document.subject.type === subject.type && document.subject.id === subject.id;
  const isOwn = ctx.actor.supplierId === null || document.supplierId === ctx.actor.supplierId;
  if (!isOfSubject || !isOwn || document.uploadedBy === null) found('document', null);
  await store.saveRemoval(ctx.tx, documentId, ctx.now);
  await record(ctx, {
    action: 'document.removed',
    subject: document.subject,
    supplierId: document.supplierId,
    changes: changesOf(document),
  });
}

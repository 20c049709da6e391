import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { record } from '../audit/index.ts';
import { checkUploads } from '../documents/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import type { Requirement } from '../sourcing/index.ts';
import { findOwnBid } from './bid.store.ts';
import type { BidDraft, BidFile } from './bid-draft.ts';
import * as store from './draft.store.ts';
import { type DraftPage, lockDraft, ownSupplierId, putDraft } from './drafts.service.ts';
import { makeKeyPair, openContent, pad, sealContent, unpad } from './sealing.ts';

/**
 * Takes attachments in, checked, hashed and sealed; they are part of the bid from its next submission on.
 * @throws AppError `document.refused` with a field for each file, `document.too-many`, and what {@link saveDraft} throws
 */
export async function addFiles(
  ctx: Ctx,
  bidId: string,
  uploads: readonly UploadedFile[],
  requirementId: string | null = null,
): Promise<void> {
  if (uploads.length === 0) throw ruleBroken('bid.no-file-chosen', 'No file was chosen');
  const checked = await checkUploads(uploads);
  const page = await lockDraft(ctx, bidId);
  const requirement = requirementId === null ? null : proved(page, requirementId);
  const maximum = ctx.policies.limits.uploadsPerDocument;
  if (page.draft.files.length + checked.length > maximum)
    throw ruleBroken('document.too-many', `At most ${maximum} files`, { maximum });
  const files: BidFile[] = [];
  const rows: store.StoredFile[] = [];
  for (const { file, fileName } of checked) {
    const content = await readFile(file.path);
    const facts = { fileId: newId(), fileName, sizeBytes: content.length, sha256: sha256Hex(content) };
    // A key of its own, which goes into the sealed bid: whoever opens the envelope opens its files.
    const { identity, recipient } = await makeKeyPair();
    const { key } = await ctx.storage.put(await sealContent(content, recipient));
    const sealedFacts = sealFacts(ctx, { ...facts, key: identity });
    // A proof lies in the envelope of its answer.
    files.push(requirement === null ? facts : { ...facts, envelope: requirement.envelope });
    rows.push({ id: facts.fileId, bidId, sealedFacts, storageKey: key });
  }
  await store.insertFiles(ctx.tx, rows, { uploadedBy: found('bid', ctx.actor.userId), uploadedAt: ctx.now });
  await putDraft(ctx, page, {
    ...page.draft,
    files: [...page.draft.files, ...files],
    ...(requirement === null ? {} : withProofs(page.draft, requirement.id, files)),
  });
  await record(ctx, {
    action: 'bid.files-added',
    subject: { type: 'bid', id: bidId },
    changes: { fileIds: files.map((file) => file.fileId) },
  });
}

/** The question that the files answer or prove. @throws AppError `requirement.not-found` */
const proved = (page: DraftPage, requirementId: string): Requirement =>
  found(
    'requirement',
    page.responses.find(({ requirement }) => requirement.id === requirementId),
  ).requirement;

const withProofs = (
  { answers = {} }: BidDraft,
  requirementId: string,
  files: readonly BidFile[],
): Pick<BidDraft, 'answers'> => {
  const { answer = '', fileIds = [] } = answers[requirementId] ?? {};
  const proofs = [...fileIds, ...files.map((file) => file.fileId)];
  return { answers: { ...answers, [requirementId]: { answer, fileIds: proofs } } };
};

const withoutProof = ({ answers }: BidDraft, fileId: string): Pick<BidDraft, 'answers'> =>
  answers === undefined
    ? {}
    : {
        answers: Object.fromEntries(
          Object.entries(answers).map(([id, said]) => [
            id,
            { ...said, fileIds: said.fileIds.filter((one) => one !== fileId) },
          ]),
        ),
      };

/**
 * Takes an attachment off the draft; versions that were submitted with it keep it.
 * @throws AppError `bid_file.not-found`, and what {@link saveDraft} throws
 */
export async function removeFile(ctx: Ctx, bidId: string, fileId: string): Promise<void> {
  const page = await lockDraft(ctx, bidId);
  const files = page.draft.files.filter((file) => file.fileId !== fileId);
  if (files.length === page.draft.files.length) found('bid_file', null);
  await putDraft(ctx, page, { ...page.draft, files, ...withoutProof(page.draft, fileId) });
  await record(ctx, { action: 'bid.file-removed', subject: { type: 'bid', id: bidId }, changes: { fileId } });
}

/** The content of an attachment, for its own supplier. @throws AppError `bid_file.not-found`, `bid_file.damaged` */
export async function readOwnFile(
  ctx: Ctx,
  bidId: string,
  fileId: string,
): Promise<{ file: BidFile; content: Uint8Array }> {
  const bid = found('bid', await findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  const row = found('bid_file', await store.findFile(ctx.tx, bid.id, fileId));
  return readBidFile(ctx, row, factsOf(ctx, row));
}

/** The content of an attachment, by what its bid says of it. @throws AppError `bid_file.damaged` */
export async function readBidFile(
  ctx: Ctx,
  row: Pick<store.StoredFile, 'storageKey'>,
  { key, ...file }: BidFile & { readonly key: string },
): Promise<{ file: BidFile; content: Uint8Array }> {
  const sealed = await buffer(await ctx.storage.open(row.storageKey));
  const content = await openContent(sealed, key);
  if (content === null || sha256Hex(content) !== file.sha256)
    throw ruleBroken('bid_file.damaged', 'The stored file is not what was uploaded', { file: file.fileName });
  return { file, content };
}

/** The keys of a draft's files, for the bid that is sealed from it. */
export async function fileKeysOf(
  ctx: Ctx,
  bidId: string,
  files: readonly BidFile[],
): Promise<Record<string, string>> {
  if (files.length === 0) return {};
  const rows = await store.findFiles(
    ctx.tx,
    bidId,
    files.map((file) => file.fileId),
  );
  return Object.fromEntries(rows.map((row) => [row.id, factsOf(ctx, row).key]));
}

const placeOfFacts = (fileId: string): string => `bid_file.sealed_facts.${fileId}`;

/** What is known of a stored file, with its key; sealed by the key ring. */
export const sealFacts = (ctx: Ctx, facts: BidFile & { readonly key: string }): Buffer =>
  ctx.keyRing.seal(pad(Buffer.from(JSON.stringify(facts))), placeOfFacts(facts.fileId));

// Our own bytes, authenticated by the seal.
export const factsOf = (ctx: Ctx, row: store.StoredFile): BidFile & { key: string } =>
  JSON.parse(Buffer.from(unpad(ctx.keyRing.unseal(row.sealedFacts, placeOfFacts(row.id)))).toString('utf8'));

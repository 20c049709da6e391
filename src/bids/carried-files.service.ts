import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { BidFile } from './bid-draft.ts';
import * as store from './draft.store.ts';
import { pad, unpad } from './sealing.ts';

const placeOfFacts = (fileId: string): string => `bid_file.sealed_facts.${fileId}`;

/** Gives the files of an earlier round's bid to the next one: the same content under its same key, with ids of their own. */
export async function carryFiles(
  ctx: Ctx,
  of: { from: string; to: string; files: readonly BidFile[] },
): Promise<BidFile[]> {
  if (of.files.length === 0) return [];
  const rows = await store.findFiles(
    ctx.tx,
    of.from,
    of.files.map(({ fileId }) => fileId),
  );
  const carried = rows.map((row) => {
    // Our own bytes, authenticated by the seal.
    const facts = JSON.parse(
      Buffer.from(unpad(ctx.keyRing.unseal(row.sealedFacts, placeOfFacts(row.id)))).toString('utf8'),
    ) as BidFile & { key: string };
    const fileId = newId();
    const sealedFacts = ctx.keyRing.seal(
      pad(Buffer.from(JSON.stringify({ ...facts, fileId }))),
      placeOfFacts(fileId),
    );
    const { key: _, ...file } = facts;
    return {
      file: { ...file, fileId, ...envelopeOf(of.files, row.id) },
      row: { id: fileId, bidId: of.to, sealedFacts, storageKey: row.storageKey },
    };
  });
  await store.insertFiles(
    ctx.tx,
    carried.map(({ row }) => row),
    { uploadedBy: found('bid', ctx.actor.userId), uploadedAt: ctx.now },
  );
  return carried.map(({ file }) => file);
}

const envelopeOf = (files: readonly BidFile[], id: string): Pick<BidFile, 'envelope'> => {
  const envelope = files.find(({ fileId }) => fileId === id)?.envelope;
  return envelope === undefined ? {} : { envelope };
};

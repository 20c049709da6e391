// Seals one envelope of a bid with a key made for it alone, and says what the server is sent of it.
import { contentBytes } from '../../../src/bids/envelope-content.ts';
import { sealContent, sealEnvelope, sha256Of } from '../../../src/bids/sealing.ts';
import { base64Of } from './form.js';

const encode = (text) => new TextEncoder().encode(text);

/**
 * @param own whom the envelope's key is kept sealed for: the bidder
 * @returns the key's file, for the bidder alone, and what is sent
 */
export async function sealOne(content, { work, own }) {
  const bytes = contentBytes(content);
  const sealed = await sealEnvelope(bytes, work.keys);
  return {
    key: `# ${work.reference} v${work.version}, ${content.envelope}\n# public key: ${sealed.recipient}\n${sealed.identity}\n`,
    sent: {
      envelope: content.envelope,
      recipient: sealed.recipient,
      sealed: base64Of(sealed.sealed),
      contentSha256: await sha256Of(bytes),
      timeShare: base64Of(sealed.timeShare),
      houseShare: sealed.houseShare === null ? null : base64Of(sealed.houseShare),
      openerShares: sealed.openerShares.map((share) => ({ ...share, sealed: base64Of(share.sealed) })),
      bidderKey: base64Of(await sealContent(encode(sealed.identity), own)),
      fileIds: content.files.map((file) => file.fileId),
    },
  };
}

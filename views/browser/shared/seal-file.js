// Seals a file of a bid with a key of its own: what it is and what it is called, the server does not learn.
import { makeKeyPair, sealContent, sha256Of } from '../../../src/bids/sealing.ts';

/** @returns what is sent, what the bid says of the file, and its key */
export async function sealFile(file) {
  const content = new Uint8Array(await file.arrayBuffer());
  const key = await makeKeyPair();
  const form = new FormData();
  form.set('files', new Blob([await sealContent(content, key.recipient)]), 'sealed.age');
  const facts = { fileName: file.name, sizeBytes: content.length, sha256: await sha256Of(content) };
  return { form, facts, key: key.identity };
}

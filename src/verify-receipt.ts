import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { isSignedBy, originOf, readCheckpoint, type Verifier, verifierOf } from './audit/index.ts';
import { say } from './progress.ts';

const USAGE = 'Usage: npm run verify -- receipt <receipt.json> [--key <public key file>]';

const receiptFile = z.object({
  receipt: z.record(z.string(), z.unknown()),
  signed: z.string().max(1_000_000),
  signature: z.string().max(200),
  publicKey: z.string().max(1000),
});
const carried = z.object({ size: z.number(), root: z.string(), note: z.string().max(2000) });

/** What is wrong with a receipt; `key` is the key one trusts, or null to take the file's own. */
export type ReceiptVerdict = {
  /** The name of the record whose key signed, to compare with what the company published. */
  readonly origin: string;
  readonly isKeyGiven: boolean;
  readonly receipt: Readonly<Record<string, unknown>>;
  readonly checkpoint: { readonly size: number; readonly root: string; readonly at: Date } | null;
  readonly wrong: readonly string[];
};

/**
 * Checks a bidder's receipt and the checkpoint in it with nothing but a public key.
 * @throws Error when the text is no receipt
 */
export function judgeReceipt(text: string, key: string | null): ReceiptVerdict {
  const file = readReceiptFile(text);
  const verifier = verifierOf(key ?? file.publicKey);
  const wrong: string[] = [];
  if (!verifier.verify(Buffer.from(file.signed), file.signature))
    wrong.push('the signature is not this key’s over the text in "signed"');
  // Only the signed text counts: what stands beside it is for reading.
  const receipt = z.record(z.string(), z.unknown()).parse(parsed(file.signed));
  if (!isDeepStrictEqual(receipt, file.receipt)) wrong.push('"receipt" does not say what was signed');
  const checkpoint = judgeCheckpoint(receipt['recordCheckpoint'], verifier, wrong);
  return { origin: originOf(verifier), isKeyGiven: key !== null, receipt, checkpoint, wrong };
}

function judgeCheckpoint(value: unknown, verifier: Verifier, wrong: string[]): ReceiptVerdict['checkpoint'] {
  if (value === undefined) return null;
  const { size, root, note } = carried.parse(value);
  const read = readCheckpoint(note);
  if (read === null || !isSignedBy(note, verifier)) {
    wrong.push('the checkpoint in it is not signed by this key');
    return null;
  }
  if (read.treeSize !== size || read.rootHash.toString('base64') !== root)
    wrong.push('the checkpoint in it says another size or root than was signed');
  return { size: read.treeSize, root: read.rootHash.toString('base64'), at: read.at };
}

/** The checkpoint that a file of a mail, or a receipt, carries; a file that is no receipt is taken as the note itself. */
export function noteIn(text: string): string {
  if (!text.trimStart().startsWith('{')) return text;
  const receipt = z.record(z.string(), z.unknown()).parse(parsed(readReceiptFile(text).signed));
  return carried.safeParse(receipt['recordCheckpoint']).data?.note ?? '';
}

/** `npm run verify -- receipt <file>`: needs no database and no secret; true when all of it holds. */
export function verifyReceipt(args: readonly string[]): boolean {
  const [file, option, keyFile] = args;
  if (file === undefined || (option !== undefined && (option !== '--key' || keyFile === undefined)))
    throw new Error(USAGE);
  const verdict = judgeReceipt(
    readFileSync(file, 'utf8'),
    keyFile === undefined ? null : readFileSync(keyFile, 'utf8'),
  );
  const { receipt, checkpoint, wrong } = verdict;
  say(`Receipt      ${shown(receipt['bidReference'])} version ${shown(receipt['version'])}`);
  say(`For          ${shown(receipt['eventReference'])}, of ${shown(receipt['supplier'])}`);
  say(`Received     ${shown(receipt['receivedAt'])}`);
  for (const { envelope, contentSha256 } of envelopesIn(receipt))
    say(`Content      SHA-256 ${shown(contentSha256)} (${shown(envelope)})`);
  say(
    checkpoint === null
      ? 'Checkpoint   none that holds'
      : `Checkpoint   ${checkpoint.size} acts, root ${checkpoint.root}, signed ${checkpoint.at.toISOString()}`,
  );
  say(`Signed by    ${verdict.origin}`);
  for (const one of wrong) say(`WRONG        ${one}`);
  say(wrong.length === 0 ? '\nThe receipt is what was signed.' : '\nThe receipt is NOT what was signed.');
  if (!verdict.isKeyGiven)
    say(
      'The key was taken from the file itself: compare the name above with the one the company published, or give --key.',
    );
  return wrong.length === 0;
}

const envelopes = z.array(z.object({ envelope: z.string(), contentSha256: z.string() }));
const envelopesIn = (receipt: ReceiptVerdict['receipt']): z.infer<typeof envelopes> =>
  envelopes.safeParse(receipt['envelopes']).data ?? [];

function readReceiptFile(text: string): z.infer<typeof receiptFile> {
  const read = receiptFile.safeParse(parsed(text));
  if (!read.success)
    throw new Error('This file is no receipt: give the JSON file that the receipt page offers');
  return read.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// A terminal obeys control characters, and this text came from outside.
const shown = (value: unknown): string =>
  (typeof value === 'string' || typeof value === 'number' ? String(value) : '?').replaceAll(/\p{Cc}/gu, '?');

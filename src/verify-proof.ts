import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  isIncluded,
  isSignedBy,
  leafHashOfRecord,
  originOf,
  readCheckpoint,
  verifierOf,
} from './audit/index.ts';
import { say } from './progress.ts';

const USAGE = 'Usage: npm run verify -- proof <proof.json> [--key <public key file>]';

const proofFile = z.object({
  format: z.literal('portico-proof/1'),
  act: z.record(z.string(), z.string().nullable()),
  leafIndex: z.number().int().nonnegative(),
  path: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(64),
  checkpoint: z.string().max(2000),
  publicKey: z.string().max(1000),
});

export type ProofVerdict = {
  readonly origin: string;
  readonly act: Readonly<Record<string, string | null>>;
  readonly wrong: readonly string[];
};

/**
 * Checks that an act stands in the record as it was written, by the file that its page offers and a public key.
 * @throws Error when the text is no proof
 */
export function judgeProof(text: string, key: string | null): ProofVerdict {
  const read = proofFile.safeParse(parsed(text));
  if (!read.success)
    throw new Error('This file is no proof: give the JSON file that the page of an act offers');
  const { act, leafIndex, path, checkpoint: note, publicKey } = read.data;
  const verifier = verifierOf(key ?? publicKey);
  const wrong: string[] = [];
  if (!isSignedBy(note, verifier)) wrong.push('the checkpoint is not signed by this key');
  const checkpoint = readCheckpoint(note);
  const isThere =
    checkpoint !== null &&
    isIncluded({
      leafHash: leafHashOfRecord(act),
      leafIndex,
      size: checkpoint.treeSize,
      path: path.map((hash) => Buffer.from(hash, 'hex')),
      root: checkpoint.rootHash,
    });
  if (!isThere) wrong.push('the act, as it stands in the file, is not under the checkpoint');
  return { origin: originOf(verifier), act, wrong };
}

/** `npm run verify -- proof <file>`: needs no database and no secret; true when all of it holds. */
export function verifyProof(args: readonly string[]): boolean {
  const [file, option, keyFile] = args;
  if (file === undefined || (option !== undefined && (option !== '--key' || keyFile === undefined)))
    throw new Error(USAGE);
  const { origin, act, wrong } = judgeProof(
    readFileSync(file, 'utf8'),
    keyFile === undefined ? null : readFileSync(keyFile, 'utf8'),
  );
  say(`Act          ${shown(act['action'])} on ${shown(act['subject_type'])} ${shown(act['subject_id'])}`);
  say(`By           ${shown(act['actor_name'])}, ${shown(act['at'])}`);
  say(`Signed by    ${origin}`);
  for (const one of wrong) say(`WRONG        ${one}`);
  say(wrong.length === 0 ? '\nThe act stands in the record as it was written.' : '\nThe act is NOT proven.');
  return wrong.length === 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// A terminal obeys control characters, and this text came from outside.
const shown = (value: string | null | undefined): string => (value ?? '?').replaceAll(/\p{Cc}/gu, '?');

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '../config/settings.ts';
import { findingKinds, originOf, type VerifyProgress, verifyRecord } from './audit/index.ts';
import { makeKeyRing } from './platform/crypto/key-ring.ts';
import { openDatabase } from './platform/db/database.ts';
import { say } from './progress.ts';
import { noteIn } from './verify-receipt.ts';

const SHOWN_OF_A_KIND = 5;

/**
 * Verifies the whole record and says what is wrong, the first row of each kind first; true when nothing is.
 * `--checkpoint <file>`, as often as wanted, compares with checkpoints that were mailed, or stand in receipts.
 */
export async function verify(
  settings: Settings & { readonly databaseUrl: string },
  args: readonly string[],
): Promise<boolean> {
  const outside = checkpointFiles(args).map((file) => ({
    name: path.basename(file),
    note: noteIn(readFileSync(file, 'utf8')),
  }));
  const keyRing = makeKeyRing(settings.masterKey);
  const db = openDatabase({
    url: settings.databaseUrl,
    poolMax: 2,
    applicationName: 'portico-verify',
    role: 'portico_worker',
  });
  try {
    const startedAt = performance.now();
    const verdict = await verifyRecord(db, keyRing, { outside, onProgress: progressTo(process.stderr) });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    say(`Record       ${originOf(keyRing)}`);
    say(`Sealed rows  ${verdict.sealedCount}, and ${verdict.waitingCount} that wait for their seal`);
    say(`Checkpoints  ${verdict.checkpointCount}, and ${verdict.outsideCount} from outside`);
    say(`Root         ${verdict.root}`);
    say(`Time         ${seconds} s`);
    for (const kind of findingKinds) {
      const findings = verdict.findings.filter((finding) => finding.kind === kind);
      for (const { position, leafIndex, what } of findings.slice(0, SHOWN_OF_A_KIND))
        say(`${kind.toUpperCase().padEnd(15)}${place(position, leafIndex)}${what}`);
      if (findings.length > SHOWN_OF_A_KIND)
        say(`${''.padEnd(15)}and ${findings.length - SHOWN_OF_A_KIND} more`);
    }
    const isWell = verdict.findings.length === 0;
    say(isWell ? '\nThe record is whole.' : '\nThe record is NOT what was written.');
    if (outside.length === 0)
      say(
        'Compare with a mailed checkpoint as well (--checkpoint <file>): only it shows that the end was not cut off.',
      );
    return isWell;
  } finally {
    await db.destroy();
  }
}

/** One line that counts up where a person looks on, else a line each tenth of the way. */
export function progressTo(
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
): (progress: VerifyProgress) => void {
  let shown = -1;
  return ({ done, of }) => {
    const percent = of === 0 ? 100 : Math.min(100, Math.floor((100 * done) / of));
    const step = out.isTTY ? percent : percent - (percent % 10);
    if (step <= shown) return;
    shown = step;
    const line = `${step} % of ${of} rows`;
    out.write(out.isTTY ? `\r${line}${percent === 100 ? '\n' : ''}` : `${line}\n`);
  };
}

const place = (position: number | null, leafIndex: number | null): string =>
  [position === null ? '' : `row ${position}`, leafIndex === null ? '' : `leaf ${leafIndex}`]
    .filter((text) => text !== '')
    .map((text) => `${text}: `)
    .join('');

function checkpointFiles(args: readonly string[]): string[] {
  const files: string[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const file = args[at + 1];
    if (args[at] !== '--checkpoint' || file === undefined)
      throw new Error('Usage: npm run verify -- [--checkpoint <file>]…');
    files.push(file);
  }
  return files;
}

import type { FieldError } from '../kernel/errors.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { compareDecimals, trimDecimal } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';
import type { Requirement } from '../sourcing/index.ts';
import type { BidFile } from './bid-draft.ts';

// Also runs in the bidder's browser: what sourcing decides about an answer is handed in, its front door is the server's.
export type IsKnockOut = (knockOut: Requirement['knockOut'], answer: string | null) => boolean;

/** An answer as it was typed, with the files that are its proof. */
type TypedAnswer = { readonly answer: string; readonly fileIds: readonly string[] };

/** An answer, read. */
export type ReadResponse = {
  readonly requirement: Requirement;
  readonly typed: string;
  /** Null where nothing was answered, or what was cannot be read. */
  readonly answer: string | null;
  readonly files: readonly BidFile[];
  /** It is of no other lot than this bid speaks of; else nothing follows from it, and it is not sent. */
  readonly isAsked: boolean;
  /** The buyer needs an answer, and there is none. */
  readonly isMissing: boolean;
  /** By the event's own rule this answer excludes the bid. It may be given. */
  readonly isKnockOut: boolean;
};
type ReadResponses = {
  readonly responses: readonly ReadResponse[];
  readonly errors: readonly FieldError[];
};

const NOTHING_TYPED: TypedAnswer = { answer: '', fileIds: [] };
const TEXT_AT_MOST = 5000;

/** Reads every answer by the kind of its question; files are answers and proofs alike. */
export function readResponses(
  requirements: readonly Requirement[],
  draft: {
    /** By the id of the question; one that is not here was never touched. */
    readonly answers?: Readonly<Record<string, TypedAnswer>>;
    readonly files: readonly BidFile[];
  },
  isKnockOut: IsKnockOut,
  /** The lots that the draft bids on. */
  lotIds: ReadonlySet<string | null> = new Set(),
): ReadResponses {
  const errors: FieldError[] = [];
  const responses = requirements.map((requirement) => {
    const { answer: typed, fileIds } = draft.answers?.[requirement.id] ?? NOTHING_TYPED;
    const files = draft.files.filter((file) => fileIds.includes(file.fileId));
    const read = readAnswer(requirement, typed);
    const isAsked = requirement.lotId === null || lotIds.has(requirement.lotId);
    if ('code' in read && isAsked)
      errors.push({
        path: `answers.${requirement.id}.answer`,
        code: read.code,
        message: read.code,
        params: { ...read.params, number: requirement.number },
      });
    const answer = 'code' in read ? null : read.answer;
    const isAnswered = requirement.kind === 'file' ? files.length > 0 : answer !== null;
    return {
      requirement,
      typed,
      answer,
      files,
      isAsked,
      isMissing: isAsked && requirement.isRequired && !isAnswered && !('code' in read),
      isKnockOut: isAsked && isKnockOut(requirement.knockOut, answer),
    };
  });
  return { responses, errors };
}

/**
 * Nothing that is needed is left out. What excludes the bid may be submitted: people decide on it.
 * @throws AppError `bid.responses-missing` with the numbers of the questions
 */
export function assertAnswered(responses: readonly ReadResponse[]): void {
  const missing = responses.filter((response) => response.isMissing);
  if (missing.length > 0)
    throw ruleBroken('bid.responses-missing', 'Some questions have to be answered', {
      count: missing.length,
      numbers: missing.map((response) => response.requirement.number).join(', '),
    });
}

/** An answer as it came out of an opened envelope. */
export type OpenedResponse = {
  readonly requirementId: string;
  readonly answer: string;
  readonly files: readonly Pick<BidFile, 'fileId' | 'fileName' | 'sizeBytes' | 'sha256'>[];
  readonly isKnockOut: boolean;
};

/**
 * What an opened envelope answers. What is no answer to its question is kept as it was written, for people to read, and
 * excludes nothing by itself.
 */
export function openedResponses(
  content: {
    readonly answers: readonly { requirementId: string; answer: string; fileIds: readonly string[] }[];
    readonly files: OpenedResponse['files'];
  },
  requirements: readonly Requirement[],
  isKnockOut: IsKnockOut,
): OpenedResponse[] {
  return content.answers.flatMap(({ requirementId, answer: typed, fileIds }): OpenedResponse[] => {
    const requirement = requirements.find((one) => one.id === requirementId);
    if (requirement === undefined) return [];
    const read = readAnswer(requirement, typed);
    const answer = 'code' in read ? null : read.answer;
    return [
      {
        requirementId,
        answer: answer ?? typed.slice(0, TEXT_AT_MOST),
        files: content.files
          .filter((file) => fileIds.includes(file.fileId))
          .map(({ fileId, fileName, sizeBytes, sha256 }) => ({ fileId, fileName, sizeBytes, sha256 })),
        isKnockOut: isKnockOut(requirement.knockOut, answer),
      },
    ];
  });
}

type Reading =
  | { readonly answer: string | null }
  | { readonly code: string; readonly params?: Readonly<Record<string, string | number>> };

/** What one answer says, or what is wrong with it. Nothing is guessed: a number has a point and no separators. */
export function readAnswer(requirement: Omit<Requirement, 'id' | 'number'>, typed: string): Reading {
  const written = typed.normalize('NFKC').trim();
  if (written === '' || requirement.kind === 'file') return { answer: null };
  switch (requirement.kind) {
    case 'yes_no':
      return written === 'yes' || written === 'no' ? { answer: written } : { code: 'response.not-a-choice' };
    case 'choice':
      // An option is compared as the buyer wrote it.
      return requirement.options.includes(typed.trim())
        ? { answer: typed.trim() }
        : { code: 'response.not-a-choice' };
    case 'number':
      return readNumber(requirement, written);
    case 'date':
      return isDay(written) ? { answer: written } : { code: 'response.not-a-day' };
    case 'text':
      return typed.length > TEXT_AT_MOST
        ? { code: 'response.too-long', params: { maximum: TEXT_AT_MOST } }
        : { answer: typed.trim() };
  }
}

function readNumber(
  { minimum, maximum }: Pick<Requirement, 'minimum' | 'maximum'>,
  written: string,
): Reading {
  const [, whole = '', fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(written) ?? [];
  if (whole === '' || whole.length > 12 || fraction.length > 6) return { code: 'response.not-a-number' };
  if (minimum !== null && compareDecimals(written, minimum) < 0)
    return { code: 'response.too-small', params: { minimum: trimDecimal(minimum) } };
  if (maximum !== null && compareDecimals(written, maximum) > 0)
    return { code: 'response.too-large', params: { maximum: trimDecimal(maximum) } };
  return { answer: trimDecimal(written) };
}

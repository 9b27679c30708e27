// What a person is told of a download that did not come to its end, or of files that cannot be kept.
import { UserError } from '../errors.ts';
import { isFull } from '../fullDisk.ts';
import type { GaveUp } from './faults.ts';

export const whyMemory =
  'This browser keeps no files for this page, so the model is fetched at each visit: leave private browsing, or open the page over https.';

/**
 * Why files cannot be kept.
 * @param error the storage's; null where it was asked first
 * @param lacking bytes; 0 or less where they are not known
 */
export function whyNotKept(error: unknown, lacking: number): string {
  if (error !== null && !isFull(error)) {
    return 'The browser refused to keep the model’s files, so they are fetched again at the next visit.';
  }
  const missing = lacking > 0 ? `lacks ${megabytes(lacking)} MB for this model` : 'is full';
  return `The browser’s storage ${missing}, so it is fetched again at the next visit: delete a model under Models, or free space on the disk.`;
}

/** Whether the storage failed, and not the network or the pack. */
export function isOfStorage(error: unknown): boolean {
  return isFull(error) || (error instanceof DOMException && error.name !== 'AbortError');
}

export function givenUp(
  { fault, tries }: GaveUp,
  doneBytes: number,
  totalBytes: number,
  isLost: boolean,
): UserError {
  if (fault.lasting) return fault.lasting;
  const came = `${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`;
  return new UserError(
    'network',
    `${fault.what}, ${tries} times in a row. ${
      isLost
        ? `This browser keeps none of the ${came} that came: check the connection, then try again.`
        : `${came} are kept: check the connection, then try again, and it goes on from there.`
    }`,
    { cause: fault },
  );
}

/** Rounded up: what is missing must not read as nothing. */
const megabytes = (bytes: number) => (Math.ceil(bytes / 1e5) / 10).toFixed(1);

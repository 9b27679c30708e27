// What the commands share in reading their command lines.
import { parseArgs } from 'node:util';
import { UserError } from '../errors.ts';

/**
 * The flags given and their values; "true" for those that take none. The usage text is the one list of flags: a value
 * stands one space behind its flag, an explanation further off.
 * @throws {UserError} naming a flag that is not in the usage text
 */
export function rawValues(usage: string, argv: readonly string[]): Partial<Record<string, string>> {
  const listed = [...usage.matchAll(/^ {2}--([\w-]+)( \S)?/gm)].map(
    ([, flag, value]) => [flag, { type: value ? ('string' as const) : ('boolean' as const) }] as const,
  );
  try {
    const options = { ...Object.fromEntries(listed), help: { type: 'boolean' as const } };
    const { values } = parseArgs({ args: [...argv], options });
    return Object.fromEntries(Object.entries(values).map(([flag, value]) => [flag, String(value)]));
  } catch (error) {
    const found = (error as Error).message.replace(/\.?$/, '.');
    throw new UserError('settings', `${found} --help lists the options.`, { cause: error });
  }
}

export const bad = (flag: string, found: string, expected: string) =>
  new UserError('settings', `--${flag} should be ${expected}, found "${found}".`);

/** @throws {UserError} */
export function parsedNumber(flag: string, given: string): number {
  const value = Number(given);
  if (!given.trim() || !Number.isFinite(value)) throw bad(flag, given, 'a number');
  return value;
}

/** @throws {UserError} */
export function wholeNumber(
  flag: string,
  given: string | undefined,
  fallback: number,
  {
    least = 1,
    most = Number.POSITIVE_INFINITY,
  }: { readonly least?: number; readonly most?: number | undefined } = {},
): number {
  if (given === undefined) return fallback;
  const value = parsedNumber(flag, given);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw bad(flag, given, `a whole number from ${least}${Number.isFinite(most) ? ` to ${most}` : ''}`);
}

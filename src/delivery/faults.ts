// What goes wrong on the way, by what is to be done about it. What nothing is to be done about is a UserError.
import type { UserError } from '../errors.ts';

/** Worth another try: the connection broke, the server stopped sending, or is busy. */
export class PassingFault extends Error {
  /**
   * @param what the beginning of a sentence: "The connection broke"
   * @param wait seconds that the server asks for
   * @param lasting what it comes to where it does not pass
   */
  constructor(
    readonly what: string,
    readonly wait = 0,
    readonly lasting: UserError | null = null,
  ) {
    super(what);
  }
}

/** What came is no part of the file that the other parts are of: none of them is kept, and it is asked for in one piece. */
export class MixedFault extends Error {
  /** @param found what it comes to where one piece is no better */
  constructor(readonly found: UserError) {
    super(found.message);
  }
}

/** A fault that did not pass, however often it was tried. */
export class GaveUp extends Error {
  constructor(
    readonly fault: PassingFault,
    readonly tries: number,
  ) {
    super(fault.what);
  }
}

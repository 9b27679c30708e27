// Reads a JSON tree strictly, noting what is wrong with its place instead of stopping at the first fault.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { asObject } from './json.ts';

/** Longest message to a person, in characters. */
const MAX_MESSAGE = 300;
const MAX_PLACE = 60;

/** Where a recipe was found, for the message about what is wrong with it. */
export interface RecipeSource {
  /** Begins the sentence: "The recipe in this PNG cannot be used". */
  readonly opening: string;
  /** What can be done: "Take the file as it was first saved." */
  readonly remedy: string;
}

export class RecipeReader {
  constructor(
    readonly value: unknown,
    private readonly place: string,
    readonly faults: string[],
    /** Below something that is wrong already there is nothing to say. */
    private readonly silent = false,
  ) {}

  /** One field; what an object only inherits is not there. */
  field(name: string): RecipeReader {
    const object = asObject(this.value);
    const inside = object && Object.hasOwn(object, name) ? object[name] : undefined;
    const place = this.place ? `${this.place}.${name}` : name;
    return new RecipeReader(inside, place, this.faults, this.silent || !object);
  }

  /** Notes every field but these, and that this is no object at all. */
  only(names: readonly string[]): void {
    const object = asObject(this.value);
    if (!object) {
      this.fault('an object', undefined);
      return;
    }
    for (const name of Object.keys(object)) {
      if (!names.includes(name)) this.note(`the field ${quoted(name, 24)}${this.inside()} is unknown`);
    }
  }

  /** Notes what stands here in place of what should, and gives the stand-in back. */
  fault<T>(expected: string, standIn: T): T {
    const place = this.place.length > MAX_PLACE ? `…${this.place.slice(1 - MAX_PLACE)}` : this.place;
    if (this.value === undefined) this.note(`${place} is missing`);
    else this.note(`${place || 'it'} should be ${expected}, found ${brief(this.value)}`);
    return standIn;
  }

  text(low: number, high: number): string {
    const { value } = this;
    if (typeof value !== 'string') return this.fault('a text', '');
    if (value.length < low || value.length > high) {
      return this.fault(`a text of ${low} to ${high} characters`, '');
    }
    return value;
  }

  pattern(pattern: RegExp, maxLength: number, expected: string): string {
    const { value } = this;
    if (typeof value !== 'string' || value.length > maxLength || !pattern.test(value)) {
      return this.fault(expected, '');
    }
    return value;
  }

  number(low: number, high: number): number {
    return this.within(low, high, `a number from ${low} to ${high}`);
  }

  integer(low: number, high: number): number {
    const expected = `a whole number from ${low} to ${high}`;
    return Number.isInteger(this.value) ? this.within(low, high, expected) : this.fault(expected, low);
  }

  private within(low: number, high: number, expected: string): number {
    const { value } = this;
    if (typeof value !== 'number' || !(value >= low && value <= high)) return this.fault(expected, low);
    // JSON knows -0, which no one else tells from 0.
    return value + 0;
  }

  oneOf<const T extends string>(values: readonly T[]): T | null {
    return values.find((item) => item === this.value) ?? this.fault(`one of ${values.join(', ')}`, null);
  }

  /** Which of several forms an object says it has; null where it is none of them. */
  kind<const T extends string>(kinds: readonly T[]): T | null {
    return asObject(this.value) ? this.field('kind').oneOf(kinds) : this.fault('an object', null);
  }

  /** The items of a list; none when there are fewer or more than allowed. */
  items(low: number, high: number): RecipeReader[] {
    const { value } = this;
    if (!Array.isArray(value) || value.length < low || value.length > high) {
      return this.fault(`a list of ${low} to ${high} items`, []);
    }
    return value.map(
      (item: unknown, i) => new RecipeReader(item, `${this.place}[${i}]`, this.faults, this.silent),
    );
  }

  private note(fault: string): void {
    if (!this.silent) this.faults.push(fault);
  }

  private inside(): string {
    return this.place ? ` in ${this.place.slice(-MAX_PLACE)}` : '';
  }
}

/** Everything that is wrong, as far as one message holds it. */
export function refusal({ opening, remedy }: RecipeSource, faults: readonly string[]): UserError {
  const sentence = (told: readonly string[]) => {
    const left = faults.length - told.length;
    return `${opening}: ${[...told, ...(left ? [`and ${left} more`] : [])].join('; ')}. ${remedy}`;
  };
  let count = 1;
  while (count < faults.length && sentence(faults.slice(0, count + 1)).length <= MAX_MESSAGE) count++;
  return new UserError('recipe', sentence(faults.slice(0, count)));
}

/** What was found, in few characters. */
function brief(value: unknown): string {
  if (typeof value === 'string') return quoted(value, 24);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

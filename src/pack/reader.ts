// Reads a JSON tree that anyone may have written: every list, text and number within bounds, and what is wrong noted with
// its path. No more work is done than the bounds allow, whatever the tree holds.
import { listed } from '../listing.ts';
import { quoted } from '../quote.ts';

/** What is wrong with a tree: the first few in words, all of them counted. */
export class Complaints {
  private readonly first: string[] = [];
  private count = 0;

  add(complaint: string): void {
    if (this.count < 10) this.first.push(complaint);
    this.count++;
  }

  get some(): boolean {
    return this.count > 0;
  }

  /** As many as fit into a message. */
  toString(): string {
    return listed(this.first, 240, this.count);
  }
}

/** A text on one line: no controls, and nothing that turns the reading direction of what comes after. */
export const oneLine = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u;
/** Lines of such texts. */
export const lines = /^(?:[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|[\t\n])*$/u;

/** What one text may be. Lengths in UTF-16 code units. */
export interface TextForm {
  readonly most: number;
  readonly pattern: RegExp;
  /** Blanks alone will not do. */
  readonly written?: boolean;
  /** In words: "should be ...". */
  readonly words: string;
}

/** One value of the tree. Reading it always gives a value of the right type; what was wrong is among the complaints. */
export class Reader {
  constructor(
    readonly value: unknown,
    private readonly path: string,
    private readonly complaints: Complaints,
  ) {}

  /** A property of the value's own, else undefined. */
  field(name: string): Reader {
    const { value } = this;
    const inside =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
    return new Reader(inside, this.path ? `${this.path}.${name}` : name, this.complaints);
  }

  has(name: string): boolean {
    return this.field(name).value !== undefined;
  }

  /** Notes what it should be, and gives what stands in for it. */
  fault<T>(expected: string, stand: T, found = described(this.value)): T {
    this.complaints.add(`${this.path} should be ${expected}, found ${found}`);
    return stand;
  }

  text({ most, pattern, written = false, words }: TextForm): string {
    const { value } = this;
    if (typeof value !== 'string') return this.fault(words, '');
    if (value.length > most) return this.fault(words, '', `${value.length} characters`);
    return pattern.test(value) && !(written && !value.trim()) ? value : this.fault(words, '');
  }

  /** A list of texts of one form; the first wrong one is the list's complaint. */
  texts(fewest: number, most: number, form: TextForm): string[] {
    const items = this.items(fewest, most);
    const texts: string[] = [];
    for (const item of items) {
      const text = item.text(form);
      if (text !== item.value) return [];
      texts.push(text);
    }
    return texts;
  }

  /** The items of a list. */
  items(fewest: number, most: number): Reader[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.fault('a list', []);
    if (value.length < fewest || value.length > most) return this.fault(`a list of ${fewest} to ${most}`, []);
    return value.map((_, index) => this.field(String(index)));
  }

  number(low: number, high: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      return this.fault(`a number from ${low} to ${high}`, low);
    }
    return value;
  }

  integer(low: number, high: number): number {
    if (!Number.isInteger(this.value)) return this.fault(`a whole number from ${low} to ${high}`, low);
    return this.number(low, high);
  }

  oneOf<const T extends string>(values: readonly T[]): T {
    const found = values.find((item) => item === this.value);
    return found ?? this.fault(`one of ${values.join(', ')}`, values[0] as T);
  }
}

/** A value of any size in a few words. */
export function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value, 40);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

// A prompt cut into what it asks for: who is meant, and each thing that is said of them, in words that CLIP reads alone.

export interface Phrase {
  /** As it was written. */
  readonly text: string;
  /** What leads to it from the subject: "with", "wearing", ", "; empty for the subject itself. */
  readonly joint: string;
}

/** More are not read: each is a text or more for CLIP. */
export const MAX_PHRASES = 16;
/** CLIP reads 77 tokens. */
const READ = 2000;

const led = 'with|wearing|wears|has|having|in front of|against';
// "in a suit", "on a blue wall"; not "in her twenties", "on the cheeks", "lights in the background".
const placed = '(?:in|on)(?= an? )';
const colours =
  'black|white|grey|gray|red|blue|green|yellow|orange|purple|pink|brown|beige|gold|golden|silver|navy|teal|blond|dark|light';
/** Punctuation or "and", then whoever is meant again and what leads on; or that alone. */
const cut = new RegExp(
  [
    ` ?[,;:](?: |$)(?:and )?(?:(?:she|he|it|they|who) )?(?:(${led}) )?`,
    `[.!?](?: |$)(?:(?:she|he|it|they) )?(?:(${led}) )?`,
    ` (?:and )?(${led}|${placed}) `,
    // "black and white" is one thing.
    `(?<!\\b(?:${colours})) and | and (?!(?:${colours})\\b)`,
  ].join('|'),
  'giu',
);

/**
 * The subject first, then what is said of it, each once and at most MAX_PHRASES in all; none where nothing is said.
 *
 * `cutPrompt('a woman with red hair and glasses, smiling')` is "a woman", "red hair" (with), "glasses" (with), "smiling" (,)
 */
export function cutPrompt(written: string): Phrase[] {
  const prompt = written.trim().slice(0, READ).replace(/\s+/g, ' ');
  const phrases: Phrase[] = [];
  let joint = '';
  let at = 0;
  const add = (end: number) => {
    const text = prompt.slice(at, end).trim();
    const isNew = !phrases.some((each) => each.text.toLowerCase() === text.toLowerCase());
    if (/[\p{L}\p{N}]/u.test(text) && isNew && phrases.length < MAX_PHRASES) {
      phrases.push({ text, joint: phrases.length ? joint : '' });
    }
  };
  for (const { index, 0: found, 1: first, 2: second, 3: third } of prompt.matchAll(cut)) {
    // "red hair in a bun" is one thing; a man in a suit is two.
    if (third?.toLowerCase() === 'in' && phrases.length) continue;
    add(index);
    const word = (first ?? second ?? third)?.toLowerCase();
    // A list goes on as it began: "with red hair and glasses".
    joint = word ?? (/\band\b/i.test(found) && !/[,;:.!?]/.test(found) ? joint || ',' : ',');
    at = index + found.length;
  }
  add(prompt.length);
  return phrases;
}

/** One phrase said of the subject, and nothing else. `alone({text: 'a woman', …}, 'with', 'red hair')` is "a woman with red hair" */
export function alone(subject: Phrase, joint: string, text: string): string {
  return joint === ',' ? `${subject.text}, ${text}` : `${subject.text} ${joint} ${text}`;
}

// Words of a prompt that the model was never taught. They change nothing in the picture, and somebody should say so.

/** Words that carry grammar, not pictures: nobody expects to see them. */
const functionWords = new Set(
  `a about above after all also am an and any are around as at be been behind being below beside between both but by
  can could did do does down each for from had has have having he her here hers him his i if in inside into is it its
  just like may me might mine my near next no not of off on one onto or our out outside over own quite rather really
  she so some such than that the their them then there these they this those through to too under until up very was we
  were what when where which while who whose will with within without would you your ca wo`.split(/\s+/),
);

/** Words between anything but letters, an apostrophe within a word being part of it. */
const word = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)*/gu;

/** "woman's", "they're", "isn't". */
const ending = /(?:n['’]t|['’](?:s|d|m|re|ve|ll))$/u;

/** Letters of a word that is shown; longer ones are cut. */
const mostLetters = 24;

/**
 * The words of a prompt that are not among the model's, each once, as they are first met. Case, plurals and possessives
 * are forgiven, function words and single letters never named.
 * @param vocabulary words of letters in lower case, as in pack.json
 */
export function unknownWords(prompt: string, vocabulary: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  for (const [whole] of prompt.normalize('NFC').toLowerCase().matchAll(word)) {
    const bare = whole.replace(ending, '');
    // What apostrophes join otherwise ("rock'n'roll") is read word by word, as the tokenizer does.
    for (const part of bare.split(/['’]/)) if (!isKnown(part, vocabulary)) found.add(part);
  }
  return [...found];
}

function isKnown(word: string, vocabulary: ReadonlySet<string>): boolean {
  return (
    [...word].length < 2 || functionWords.has(word) || singulars(word).some((each) => vocabulary.has(each))
  );
}

/** The word, and what it may be the plural of. */
function singulars(word: string): string[] {
  const forms = [word];
  if (word.endsWith('s')) forms.push(word.slice(0, -1));
  if (word.endsWith('es')) forms.push(word.slice(0, -2));
  if (word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  return forms;
}

/** One sentence about them, naming three at most; null when there are none. */
export function unknownWordsSentence(unknown: readonly string[]): string | null {
  if (unknown.length === 0) return null;
  const named = unknown.slice(0, 3).map((each) => `“${cut(each)}”`);
  const more = unknown.length - named.length;
  if (more > 0) named.push(more === 1 ? 'one more word' : `${more} more words`);
  const it =
    unknown.length === 1 ? 'it may do little, or stand for a word' : 'they may do little, or stand for words';
  return `This model hasn’t learned ${either(named)}: ${it} that it knows.`;
}

/** "a", "a or b", "a, b or c". */
function either(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

function cut(word: string): string {
  const letters = [...word];
  return letters.length > mostLetters ? `${letters.slice(0, mostLetters).join('')}…` : word;
}

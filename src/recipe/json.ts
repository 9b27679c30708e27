// JSON from outside: its length and depth are known before anything is built of it.

/** Deeper than any recipe, and than the metadata that other tools write. */
const MAX_NESTING = 64;

/** Either the value, or what is wrong as the end of a sentence that begins with the text's name. */
export type ParsedJson = { readonly value: unknown } | { readonly fault: string };

/** @param maxLength in characters */
export function parseJson(text: string, maxLength: number): ParsedJson {
  if (text.length > maxLength) {
    return { fault: `is ${text.length} characters long, and at most ${maxLength} are read` };
  }
  if (nesting(text) > MAX_NESTING) return { fault: `is nested more than ${MAX_NESTING} deep` };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { fault: 'is not JSON' };
  }
}

/** The plain object that a value is, or null; its fields are to be asked for with Object.hasOwn. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** Most brackets that are open at once, outside of strings. */
function nesting(text: string): number {
  let open = 0;
  let most = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') most = Math.max(most, ++open);
    else if (character === ']' || character === '}') open--;
  }
  return most;
}

// Other tools' metadata, by the keyword of the PNG's text: who writes what where.
import { readComfyGraph } from './comfy.ts';
import { type FoundSettings, pickSettings } from './found.ts';
import { asObject, parseJson } from './json.ts';
import { readParameters } from './parameters.ts';

/** Longest text that is read, in characters: ComfyUI's graphs are the longest. */
const MAX_FOREIGN_TEXT = 1 << 21;

type Texts = ReadonlyMap<string, string>;
type Json = Readonly<Record<string, unknown>>;

/** In this order: some tools write several of them, and the first tell most. */
const forms: readonly ((texts: Texts) => FoundSettings | null)[] = [
  parameters,
  invoke,
  legacyInvoke,
  comfy,
  novelAi,
  named,
  description,
];

/**
 * What the texts of a PNG by another tool tell, or by anyone who describes pictures; null where that is nothing.
 * @param texts by keyword
 */
export function readForeign(texts: Texts): FoundSettings | null {
  for (const form of forms) {
    const found = form(texts);
    if (found) return found;
  }
  return null;
}

/** A1111's text; Fooocus and SwarmUI write JSON under the same name. */
function parameters(texts: Texts): FoundSettings | null {
  const json = jsonIn(texts, 'parameters');
  if (!json) return readParameters(texts.get('parameters') ?? '');
  const swarm = asObject(json.sui_image_params);
  return swarm
    ? pickSettings('SwarmUI', Object.entries(swarm))
    : pickSettings('Fooocus', Object.entries(json));
}

/** InvokeAI since 3.0. */
function invoke(texts: Texts): FoundSettings | null {
  const json = jsonIn(texts, 'invokeai_metadata');
  return json && pickSettings('InvokeAI', Object.entries(json));
}

/** InvokeAI before: `{image: {prompt: [{prompt: 'a hat [beard]', weight: 1}], ...}}`, what to avoid in brackets. */
function legacyInvoke(texts: Texts): FoundSettings | null {
  const json = jsonIn(texts, 'sd-metadata');
  if (!json) return null;
  const image = asObject(json.image) ?? json;
  const first: unknown = Array.isArray(image.prompt) ? asObject(image.prompt[0])?.prompt : image.prompt;
  if (typeof first !== 'string') return null;
  const avoid: string[] = [];
  const prompt = first.replace(/\[([^[\]]*)\]/g, (_, words: string) => {
    avoid.push(words);
    return '';
  });
  const { prompt: _, ...others } = image;
  return pickSettings('InvokeAI', [
    ['prompt', prompt],
    ...(avoid.length ? [['negative_prompt', avoid.join(', ')] as const] : []),
    ...Object.entries(others),
  ]);
}

function comfy(texts: Texts): FoundSettings | null {
  const json = jsonIn(texts, 'prompt');
  return json && readComfyGraph(json);
}

/** One text for each setting, as Easy Diffusion writes them. */
function named(texts: Texts): FoundSettings | null {
  return jsonIn(texts, 'prompt') ? null : pickSettings('another tool', texts);
}

/** NovelAI's numbers are in the comment, and its prompt may be in the description alone. */
function novelAi(texts: Texts): FoundSettings | null {
  const json = jsonIn(texts, 'Comment');
  return (
    json && pickSettings('NovelAI', [...Object.entries(json), ['prompt', texts.get('Description')] as const])
  );
}

function description(texts: Texts): FoundSettings | null {
  return pickSettings('the description', [['prompt', texts.get('Description')]]);
}

function jsonIn(texts: Texts, keyword: string): Json | null {
  const text = texts.get(keyword);
  if (!text?.trimStart().startsWith('{')) return null;
  const parsed = parseJson(text, MAX_FOREIGN_TEXT);
  return 'fault' in parsed ? null : asObject(parsed.value);
}

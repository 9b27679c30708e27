// The graph that ComfyUI writes into PNGs under `prompt`: nodes by name, each with its inputs, of which a list
// [name, output] is the end of a wire. There is no place for "the prompt": it is what the wires of a sampler lead to.
import { type FoundSettings, pickSettings } from './found.ts';
import { asObject } from './json.ts';

type Inputs = Readonly<Record<string, unknown>>;

/** Looked into, at most: workflows have some hundreds. */
const MAX_NODES = 4096;
/** Inputs that hold the words themselves, in the nodes that encode or pass on a text. */
const words = ['text', 'text_g', 't5xxl', 'clip_l', 'prompt', 'string', 'value', 'positive'];

/** What the first sampler of the graph was given; null where there is none, or no words lead to it. */
export function readComfyGraph(graph: Readonly<Record<string, unknown>>): FoundSettings | null {
  const nodes = new Map<string, Inputs>();
  for (const [name, node] of Object.entries(graph).slice(0, MAX_NODES)) {
    const inputs = asObject(asObject(node)?.inputs);
    if (inputs) nodes.set(name, inputs);
  }
  const isWired = (inputs: Inputs, input: string) => nodes.has(wireEnd(inputs[input]) ?? '');
  const samplers = [...nodes.values()].filter(
    (inputs) => isWired(inputs, 'positive') || isWired(inputs, 'guider'),
  );
  // Others along the wires, such as a ControlNet's, have a positive input, but no latent picture.
  const sampler = samplers.find((inputs) => isWired(inputs, 'latent_image')) ?? samplers[0];
  if (!sampler) return null;
  const positive = isWired(sampler, 'positive') ? ['positive'] : ['guider', 'conditioning', 'positive'];
  const number = (input: string) =>
    upstream(nodes, sampler, (inputs) => [inputs[input]].find((value) => typeof value === 'number'));
  const prompt = wordsAt(nodes, sampler, positive);
  const avoid = wordsAt(nodes, sampler, ['negative']);
  return pickSettings('ComfyUI', [
    ['prompt', prompt],
    // Models without guidance get the same words, zeroed, for both.
    ['negative_prompt', avoid === prompt ? undefined : avoid],
    ['seed', number('seed') ?? number('noise_seed')],
    ['steps', number('steps')],
    ['cfg', number('cfg') ?? number('guidance')],
  ]);
}

/** The words that the first of these inputs leads to. */
function wordsAt(
  nodes: ReadonlyMap<string, Inputs>,
  sampler: Inputs,
  inputs: readonly string[],
): string | undefined {
  const wires = Object.fromEntries(inputs.map((input) => [input, sampler[input]]));
  return upstream(nodes, wires, (found) =>
    words.map((name) => found[name]).find((value) => typeof value === 'string' && value.trim() !== ''),
  ) as string | undefined;
}

/** The first value that `look` finds, at these inputs or at those their wires lead to, one wire after the other. */
function upstream(
  nodes: ReadonlyMap<string, Inputs>,
  from: Inputs,
  look: (inputs: Inputs) => unknown,
): unknown {
  const seen = new Set<string>();
  const waiting: Inputs[] = [from];
  for (let inputs = waiting.pop(); inputs; inputs = waiting.pop()) {
    const found = look(inputs);
    if (found !== undefined) return found;
    for (const value of Object.values(inputs).reverse()) {
      const name = wireEnd(value);
      const next = name !== null && !seen.has(name) ? nodes.get(name) : undefined;
      if (name === null || !next) continue;
      seen.add(name);
      waiting.push(next);
    }
  }
  return undefined;
}

function wireEnd(value: unknown): string | null {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' ? value[0] : null;
}

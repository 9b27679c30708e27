// What mending is measured on: prompts of several phrases, as people write them, of which a picture may miss one.
import { seededNoise } from '../diffusion/random.ts';
import type { PackManifest } from '../pack/manifest.ts';

/** How often a phrase of a group is in a prompt, after whoever is meant and the colour of their hair. */
const shares = [
  ['face', 0.4],
  ['eyes', 0.3],
  ['glasses', 0.5],
  ['hat colour', 0.4],
  ['clothes colour', 0.5],
  ['jewellery', 0.3],
  ['expression', 0.6],
  ['background', 0.6],
] as const;

/** @param index of the prompt; the same one each time @throws {RangeError} for a pack without these groups */
export function mendPrompt({ vocabulary }: PackManifest, index: number, seed: number): string {
  const noise = seededNoise(seed);
  const draw = (group: string, which: number) => {
    const phrases = vocabulary?.groups?.find(({ name }) => name === group)?.phrases;
    if (!phrases) throw new RangeError(`mend: the pack's vocabulary has no group “${group}”`);
    return phrases[Math.min(phrases.length - 1, Math.floor(noise(index, which, 0) * phrases.length))];
  };
  const said = shares.flatMap(([group, share], i) =>
    noise(index, 100 + i, 1) < share ? draw(group, 10 + i) : [],
  );
  return `${draw('person', 0)} with ${[draw('hair colour', 1), ...said].join(', ')}`;
}

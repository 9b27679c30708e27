// What the brush is measured on: pictures of portraits, a region of each, and what it is to show instead.
import { seededNoise } from '../diffusion/random.ts';
import type { PackManifest } from '../pack/manifest.ts';

export interface BrushCase {
  /** A group of the pack's vocabulary. */
  readonly group: string;
  /** Of the picture as it is first. */
  readonly former: string;
  /** Of what is asked for. */
  readonly asked: string;
  /** Which tokens are painted. [positions] */
  readonly chosen: readonly boolean[];
  /** Prompts that differ from `former` in one phrase outside the region, `former` among them, by group. */
  readonly others: readonly (readonly string[])[];
}

/** In shares of the picture, as it stands in portraits that look to the front. */
type Region = (x: number, y: number) => boolean;
const box =
  (left: number, top: number, right: number, bottom: number): Region =>
  (x, y) =>
    x > left && x < right && y > top && y < bottom;

interface Kind {
  readonly group: string;
  readonly region: Region;
  /** The picture has none of the group at first. */
  readonly added?: true;
  readonly person?: string;
}

const kinds: readonly Kind[] = [
  { group: 'hair colour', region: box(0.12, 0, 0.88, 0.55) },
  { group: 'glasses', region: box(0.15, 0.36, 0.85, 0.66), added: true },
  { group: 'expression', region: box(0.3, 0.6, 0.7, 0.88) },
  { group: 'background', region: (x, y) => ((x - 0.5) / 0.36) ** 2 + ((y - 0.55) / 0.52) ** 2 > 1 },
  { group: 'beard', region: box(0.2, 0.58, 0.8, 1), added: true, person: 'a man' },
  { group: 'hat', region: box(0.1, 0, 0.9, 0.42), added: true },
];
/** What every picture has of its own. */
const always = ['hair colour', 'expression', 'background'] as const;

/** Cases in turn of each kind; phrases by chance. @throws {RangeError} for a pack without their groups */
export function brushCases({ grid, vocabulary }: PackManifest, count: number, seed: number): BrushCase[] {
  const phrasesOf = (name: string) => {
    const phrases = vocabulary?.groups?.find((group) => group.name === name)?.phrases;
    if (!phrases) throw new RangeError(`brush: the pack's vocabulary has no group “${name}”`);
    return phrases;
  };
  const noise = seededNoise(seed);
  return Array.from({ length: count }, (_, index) => {
    const draw = <T>(list: readonly T[], which: number) =>
      list[Math.min(list.length - 1, Math.floor(noise(index, which, 0) * list.length))];
    const kind = kinds[index % kinds.length];
    const { group, region, added = false } = kind;
    const person = kind.person ?? draw(['a man', 'a woman'], 0);
    const own = new Map<string, string>(always.map((name, i) => [name, draw(phrasesOf(name), 1 + i)]));
    const promptOf = (phrases: ReadonlyMap<string, string>) =>
      [person, 'short hair', ...phrases.values()].join(', ');
    const asked = draw(
      phrasesOf(group).filter((phrase) => phrase !== own.get(group)),
      9,
    );
    return {
      group,
      former: promptOf(own),
      asked: promptOf(new Map([...own, [group, asked]])),
      chosen: Array.from({ length: grid.rows * grid.columns }, (_, i) =>
        region(((i % grid.columns) + 0.5) / grid.columns, (Math.floor(i / grid.columns) + 0.5) / grid.rows),
      ),
      others: always
        .filter((name) => added || name !== group)
        .map((name) => phrasesOf(name).map((phrase) => promptOf(new Map([...own, [name, phrase]])))),
    };
  });
}

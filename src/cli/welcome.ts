// The pictures that greet a visitor: of each example in pack.json the best of several by CLIP, side by side in one file,
// welcome.webp beside it. To be made again whenever a built-in pack is.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { UserError } from '../errors.ts';
import { parseManifest } from '../pack/manifest.ts';
import { rawValues } from './arguments.ts';
import { chromiumArguments, findChromium } from './chromium.ts';
import { runGenerate } from './generate.ts';
import { parseGenerateArguments } from './generateArguments.ts';
import type { Result } from './generateResults.ts';

const usage = `Makes welcome.webp of a pack: its examples, drawn by itself. Needs Chromium, for the file.

  npx tsx src/cli/welcome.ts --pack public/models/<id>

  --pack FOLDER         the pack
`;

/** Pictures of each example, of which the best by CLIP is taken. */
const SEEDS = 8;
/** Of WebP. */
const QUALITY = 0.8;

async function makeWelcome(pack: string): Promise<void> {
  const { examples } = parseManifest(JSON.parse(readFileSync(join(pack, 'pack.json'), 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'welcome-'));
  try {
    const prompts = join(folder, 'prompts.json');
    writeFileSync(prompts, JSON.stringify(examples));
    const flags = [
      '--pack',
      pack,
      '--prompts',
      prompts,
      '--out',
      folder,
      '--seeds',
      String(SEEDS),
      '--native',
    ];
    const given = parseGenerateArguments(flags);
    if (typeof given === 'string') return;
    await runGenerate(given, (line) => console.error(line));
    const results: Result[] = readFileSync(join(folder, 'results.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const best = examples.map((_, index) =>
      results.filter((result) => result.index === index).reduce((a, b) => (b.score > a.score ? b : a)),
    );
    const strip = await sideBySide(best.map(({ file }) => readFileSync(join(folder, file))));
    const path = join(pack, 'welcome.webp');
    writeFileSync(path, strip);
    console.log(`${path}: ${examples.length} pictures, ${strip.length} bytes`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** PNG files of one size as one WebP, encoded by Chromium. */
async function sideBySide(pictures: readonly Buffer[]): Promise<Buffer> {
  const executablePath = findChromium();
  if (!executablePath) throw new UserError('settings', 'No Chromium was found: set CHROME_PATH.');
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  try {
    const page = await browser.newPage();
    const encoded = await page.evaluate(
      async ({ pictures, quality }) => {
        const images = await Promise.all(
          pictures.map(async (base64) => {
            const image = new Image();
            image.src = `data:image/png;base64,${base64}`;
            await image.decode();
            return image;
          }),
        );
        const { width, height } = images[0];
        const canvas = document.createElement('canvas');
        canvas.width = width * images.length;
        canvas.height = height;
        const context = canvas.getContext('2d');
        images.forEach((image, i) => {
          context?.drawImage(image, i * width, 0);
        });
        return canvas.toDataURL('image/webp', quality).split(',')[1];
      },
      { pictures: pictures.map((picture) => picture.toString('base64')), quality: QUALITY },
    );
    return Buffer.from(encoded, 'base64');
  } finally {
    await browser.close();
  }
}

try {
  const { help, pack } = rawValues(usage, process.argv.slice(2));
  if (help !== undefined || !pack) console.log(usage);
  else await makeWelcome(pack);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
// The runtime keeps its thread pool, and with it the process.
process.exit();

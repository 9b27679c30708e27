// What the form does for one who writes: earlier prompts, numbers, ideas.
import { afterEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { mountPage } from '../support/mountedPage.ts';

let mounted: Awaited<ReturnType<typeof mountPage>>;
afterEach(() => mounted.unmount());

describe('earlier prompts', () => {
  it('come back with Alt and the arrows, and what was being written with them', async () => {
    mounted = await mountPage(undefined, (store) => store.setState({ prompts: ['kept from before'] }));
    const { prompt, start } = mounted;
    await prompt.fill('a first face');
    await (await start(1)).finish();
    await prompt.fill('half');
    const walk = async (key: string, found: string) => {
      await userEvent.keyboard(`{Alt>}{${key}}{/Alt}`);
      await expect.element(prompt).toHaveValue(found);
    };
    await walk('ArrowUp', 'a first face');
    await walk('ArrowUp', 'kept from before');
    await walk('ArrowUp', 'kept from before');
    await walk('ArrowDown', 'a first face');
    await walk('ArrowDown', 'half');
    await walk('ArrowUp', 'a first face');
    // Typing makes it one's own, and a new walk begins from there.
    await userEvent.keyboard('!');
    await walk('ArrowUp', 'a first face');
    await walk('ArrowDown', 'a first face!');
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(prompt).toHaveValue('a first face!');
  });
});

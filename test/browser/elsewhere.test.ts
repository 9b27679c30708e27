// What a run does to a visitor who is busy elsewhere: it tells them if they asked, and leaves them alone.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { UserError } from '../../src/errors.ts';
import { mountPage } from '../support/mountedPage.ts';
import { stepEvent } from '../support/page.ts';

let mounted: Awaited<ReturnType<typeof mountPage>>;
afterEach(() => {
  mounted.unmount();
  vi.unstubAllGlobals();
});

describe('“Tell me when it’s done”', () => {
  const tell = page.getByRole('button', { name: 'Tell me when it’s done' });

  /** A browser that was not asked yet, and the answer it will get. */
  const browserThatAsks = (answer: NotificationPermission) => {
    const asked = vi.fn(async () => {
      Notification_.permission = answer;
      return answer;
    });
    const Notification_ = Object.assign(class {}, {
      permission: 'default' as NotificationPermission,
      requestPermission: asked,
    });
    vi.stubGlobal('Notification', Notification_);
    return asked;
  };

  /** A run that goes on for another ninety minutes, or about none. */
  const slowRun = async (perStep: number) => {
    mounted = await mountPage();
    await mounted.prompt.fill('a face');
    const { run } = await mounted.start(1);
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    run.onEvent(stepEvent(1, 10, 0, 1));
    now += perStep;
    run.onEvent(stepEvent(2, 10, 0, 1));
    vi.restoreAllMocks();
  };

  it('asks for the permission on a click and not before, and waits for no answer', async () => {
    const asked = browserThatAsks('granted');
    asked.mockImplementation(() => new Promise(() => {}));
    await slowRun(600_000);
    await expect.element(tell).toHaveAttribute('aria-pressed', 'false');
    expect(asked).not.toHaveBeenCalled();
    await tell.click();
    await expect.element(tell).toHaveAttribute('aria-pressed', 'true');
    expect(asked).toHaveBeenCalledTimes(1);
    expect(mounted.store.getState().tellWhenDone).toBe(true);
    await tell.click();
    expect(mounted.store.getState().tellWhenDone).toBe(false);
  });

  it('says where a browser blocks it', async () => {
    browserThatAsks('denied');
    await slowRun(600_000);
    await tell.click();
    await expect.element(page.getByText('Your browser blocks notifications of this page')).toBeVisible();
  });

  it('is not offered for a run that is over soon, or where a browser cannot', async () => {
    browserThatAsks('granted');
    await slowRun(100);
    await expect.element(page.getByText('Step 2 of 10')).toBeVisible();
    expect(tell.elements()).toHaveLength(0);
    mounted.unmount();
    // @ts-expect-error Browsers without it lack the name.
    delete window.Notification;
    await slowRun(600_000);
    await expect.element(page.getByText('Step 2 of 10')).toBeVisible();
    expect(tell.elements()).toHaveLength(0);
  });
});

describe('the end of a run', () => {
  afterEach(async () => {
    anchors.remove();
    await page.viewport(414, 896);
  });

  /** As in browsers that do not hold on to what is being read by themselves. */
  const anchors = document.createElement('style');
  anchors.textContent = '* { overflow-anchor: none !important; }';

  /** Where a visitor is: the focus, and an older run that they read. */
  const whereabouts = () => ({
    focused: document.activeElement,
    reading: Math.round([...document.querySelectorAll('article h3')].at(-1)!.getBoundingClientRect().top),
  });

  it.each([
    ['wide', 1440, 900],
    ['small', 1024, 768],
    ['phone', 390, 844],
  ])('leaves focus and view where they are: %s', async (_, width, height) => {
    await page.viewport(width, height);
    document.head.append(anchors);
    mounted = await mountPage();
    await mounted.prompt.fill('an older face');
    await (await mounted.start(4)).finish();
    await mounted.prompt.fill('a face');
    const { run, finish } = await mounted.start(4);
    run.onEvent(stepEvent(3, 10, 0, 4));
    await expect.element(page.getByText('Step 3 of 10')).toBeVisible();
    // The visitor goes on writing, and reads further down.
    await mounted.prompt.fill('the next');
    const older = [...document.querySelectorAll('article')].at(-1)!;
    older.scrollIntoView({ block: 'start' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = whereabouts();
    await finish();
    await expect.poll(() => document.querySelectorAll('article img').length).toBe(8);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(whereabouts()).toEqual(before);
    expect(before.focused).toBe(mounted.prompt.element());
  });

  it('and its beginning leave the focus on whatever started it', async () => {
    mounted = await mountPage();
    await mounted.prompt.fill('a face');
    const count = page.getByRole('combobox', { name: 'How many pictures' }).element() as HTMLElement;
    count.focus();
    const { run } = await mounted.start(1);
    expect(document.activeElement).toBe(count);
    // And the keys still go where the focus is.
    await userEvent.keyboard('{Escape}');
    expect(run.signal.aborted).toBe(true);
    run.resolve({ cancelled: true });
    await expect.element(mounted.generate).toBeVisible();
    expect(document.activeElement).toBe(count);
  });
});

it('the end of a conversion is seen by one who reads further down, and moves nothing', async () => {
  await page.viewport(390, 300);
  mounted = await mountPage();
  await page.getByRole('button', { name: 'Models' }).click();
  const dialog = page.getByRole('dialog', { name: 'Models' }).element();
  // What is in it comes when it is opened.
  await expect
    .poll(() => {
      dialog.scrollTo({ top: 1000 });
      return dialog.scrollTop;
    })
    .toBeGreaterThan(100);
  const { scrollTop } = dialog;
  const { activeElement } = document;
  for (const change of [
    { notice: 'FFHQ is ready.' },
    { notice: '', error: new UserError('storage', 'Full.') },
  ]) {
    mounted.models.store.setState(change);
    const words = page.getByText(/FFHQ is ready.|Full./);
    await expect.element(words).toBeVisible();
    expect(words.element().getBoundingClientRect().top).toBeGreaterThan(0);
    expect(dialog.scrollTop).toBeGreaterThanOrEqual(scrollTop);
    expect(document.activeElement).toBe(activeElement);
  }
  await page.viewport(414, 896);
});

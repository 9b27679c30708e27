// What a run does to a visitor who is busy elsewhere: it tells them if they asked, and leaves them alone.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
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

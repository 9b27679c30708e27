import { expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { goOnOnline } from '../../src/store/goOnOnline.ts';
import { createAppStore } from '../../src/store/store.ts';

it('a model whose download failed for the network is opened again when that is back, and no other', () => {
  const store = createAppStore();
  const page = new EventTarget();
  const reopen = vi.fn(async () => {});
  goOnOnline(store, page, reopen);
  const online = () => page.dispatchEvent(new Event('online'));
  online();
  store.setState({ pack: { kind: 'failed', error: new UserError('pack-corrupt', 'Damaged.') } });
  online();
  expect(reopen).not.toHaveBeenCalled();
  store.setState({ pack: { kind: 'failed', error: new UserError('network', 'Offline.') } });
  online();
  expect(reopen).toHaveBeenCalledOnce();
});

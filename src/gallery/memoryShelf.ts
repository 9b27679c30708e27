// Without storage: pictures last as long as the page.
import type { BodyRecord, HeadRecord } from './record.ts';
import type { Shelf } from './shelf.ts';

export function memoryShelf(): Shelf {
  const heads = new Map<string, HeadRecord>();
  const bodies = new Map<string, BodyRecord>();
  return {
    heads: async () => [...heads.values()],
    headsOf: async (ids) => ids.map((id) => heads.get(id)),
    body: async (id) => bodies.get(id),
    async add(head, body) {
      heads.set(head.id, head);
      bodies.set(body.id, body);
    },
    async change(ids, change) {
      const changed = ids.flatMap((id) => change(heads.get(id)) ?? []);
      for (const head of changed) heads.set(head.id, head);
      return changed;
    },
    async drop(ids, when) {
      for (const id of ids.filter((id) => when(heads.get(id)))) {
        heads.delete(id);
        bodies.delete(id);
      }
    },
    close() {},
  };
}

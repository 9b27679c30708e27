import { type PointerEvent, useRef, useState } from 'react';
import { footprint, type Grid, type Place, stroke } from './footprint.ts';
import { type Chosen, painted } from './strokes.ts';
import type { Tool } from './tool.ts';

interface Painting {
  readonly grid: Grid;
  readonly tool: Tool;
  readonly chosen: Chosen;
  /** A whole stroke is done. */
  readonly onStroke: (chosen: Chosen) => void;
}

/** The eraser at a pen's other end, as a bit of `buttons` (W3C Pointer Events, 4.1.3). */
const PEN_ERASER = 32;

/**
 * Paints with a mouse, a finger or a pen, one at a time, on an element that has `touch-action: none`. A stroke that is
 * broken off, as by a second finger's zoom, is as if it had not been.
 */
export function usePainting({ grid, tool, chosen, onStroke }: Painting) {
  /** With the stroke at hand; null between strokes. */
  const [live, setLive] = useState<Chosen | null>(null);
  /** Where the pointer is; null while there is none, as with a finger that was lifted. */
  const [place, setPlace] = useState<Place | null>(null);
  const at = useRef<{ id: number; choose: boolean; place: Place; chosen: Chosen } | null>(null);

  const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }, board: HTMLElement): Place => {
    const { left, top, width, height } = board.getBoundingClientRect();
    return {
      x: ((clientX - left - board.clientLeft) / (width - 2 * board.clientLeft)) * grid.columns,
      y: ((clientY - top - board.clientTop) / (height - 2 * board.clientTop)) * grid.rows,
    };
  };
  const isOnBoard = ({ x, y }: Place) => x >= 0 && y >= 0 && x < grid.columns && y < grid.rows;
  const leave = () => setPlace(null);

  const listeners = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      const isEraser = (event.buttons & PEN_ERASER) !== 0;
      if (at.current || (event.button !== 0 && !isEraser)) return;
      const board = event.currentTarget;
      board.setPointerCapture(event.pointerId);
      const begun = placeOf(event, board);
      const choose = tool.kind === 'brush' && !isEraser;
      const now = painted(chosen, footprint(begun, tool.size, grid), choose);
      at.current = { id: event.pointerId, choose, place: begun, chosen: now };
      setLive(now);
      setPlace(begun);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const board = event.currentTarget;
      const own = at.current;
      if (own && own.id !== event.pointerId) return;
      const to = placeOf(event, board);
      setPlace(isOnBoard(to) ? to : null);
      if (!own) return;
      const { nativeEvent } = event;
      // Where the pointer was since the last event. Older browsers do not tell.
      const between = nativeEvent.getCoalescedEvents?.() ?? [];
      for (const each of between.length ? between : [nativeEvent]) {
        const next = placeOf(each, board);
        own.chosen = painted(own.chosen, stroke(own.place, next, tool.size, grid), own.choose);
        own.place = next;
      }
      setLive(own.chosen);
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const own = at.current;
      if (own?.id !== event.pointerId) return;
      at.current = null;
      setLive(null);
      onStroke(own.chosen);
      if (event.pointerType === 'touch') leave();
    },
    onPointerCancel(event: PointerEvent<HTMLElement>) {
      if (at.current?.id !== event.pointerId) return;
      at.current = null;
      setLive(null);
      leave();
    },
    onPointerLeave() {
      if (!at.current) leave();
    },
  };
  return { live, place, leave, listeners };
}

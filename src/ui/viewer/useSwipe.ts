import { type PointerEvent, useRef } from 'react';

export type Swipe = 'left' | 'right' | 'up' | 'down';

/** In CSS pixels: less is a tap with an unsteady finger. */
const least = 40;

/** Where a finger went; null where it went nowhere in particular. */
export function swipeOf(x: number, y: number): Swipe | null {
  const [far, near] = [Math.abs(x), Math.abs(y)].sort((a, b) => b - a);
  if (far < least || far < 1.5 * near) return null;
  if (Math.abs(x) > Math.abs(y)) return x < 0 ? 'left' : 'right';
  return y < 0 ? 'up' : 'down';
}

/**
 * Follows one finger or pen over an element that has `touch-action: pinch-zoom`; a second finger ends it, and a mouse
 * has buttons to click.
 * @returns what the element listens with
 */
export function useSwipe(onSwipe: (swipe: Swipe) => void) {
  const start = useRef<{ id: number; x: number; y: number } | null>(null);

  const follow = (element: HTMLElement, x: number, y: number) => {
    element.style.translate = `${x}px ${y}px`;
  };
  const end = (event: PointerEvent<HTMLElement>) => {
    start.current = null;
    event.currentTarget.style.translate = '';
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.pointerType === 'mouse') return;
      if (!event.isPrimary) return end(event);
      start.current = { id: event.pointerId, x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const from = start.current;
      if (from?.id === event.pointerId) {
        follow(event.currentTarget, event.clientX - from.x, event.clientY - from.y);
      }
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const from = start.current;
      if (from?.id !== event.pointerId) return;
      end(event);
      const swipe = swipeOf(event.clientX - from.x, event.clientY - from.y);
      if (swipe) onSwipe(swipe);
    },
    onPointerCancel: end,
  };
}

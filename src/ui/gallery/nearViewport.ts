// Which elements are about to be seen: one observer for a thousand of them.
import { type RefObject, useEffect, useState } from 'react';

const listeners = new WeakMap<Element, (near: boolean) => void>();
let observer: IntersectionObserver | null = null;

/** Whether the element is on the screen, or less than a screen away. */
export function useNearViewport(element: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const observed = element.current;
    if (!observed) return;
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
      },
      { rootMargin: '100% 0px' },
    );
    listeners.set(observed, setNear);
    observer.observe(observed);
    return () => {
      listeners.delete(observed);
      observer?.unobserve(observed);
    };
  }, [element]);
  return near;
}

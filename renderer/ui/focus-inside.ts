import { type RefObject, useEffect, useRef } from "react";

/**
 * Takes the keyboard's focus into what has just opened over a screen, so that it is read and can be used at once. A frame
 * later than it appears: only by then whatever holds it knows where the focus was, and where to give it back.
 */
export function useFocusInside<E extends HTMLElement>(): RefObject<E | null> {
  const inside = useRef<E>(null);
  useEffect(() => {
    const frame = requestAnimationFrame(() => inside.current?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(frame);
  }, []);
  return inside;
}

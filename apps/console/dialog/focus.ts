/** Where the focus goes when something that had it is gone: never nowhere. */
import { type RefObject, useEffect, useRef } from "react";

/** A place that takes the focus when what was in it has gone: `<section {...focusHome}>`. */
export const focusHome = { tabIndex: -1, "data-focus-home": "" } as const;

/**
 * Something lives as long as it is shown: when it goes, the focus returns to what had it; where that has gone too, to
 * the part of the page that it stood in, or to the page's content.
 */
export function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement;
    const home = before?.closest("[data-focus-home]") ?? document.getElementById("content");
    return () => {
      const goal = [before, home].find(
        (element) => element?.isConnected === true && element !== document.body,
      );
      if (goal instanceof HTMLElement) goal.focus({ preventScroll: true });
    };
  }, []);
}

/** For a button whose place something takes while it is open: once that has gone, the focus is on the button again. */
export function useFocusAfter(open: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(open);
  useEffect(() => {
    if (before.current && !open) button.current?.focus();
    before.current = open;
  }, [open]);
  return button;
}

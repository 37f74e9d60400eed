/** Whether a bar that scrolls sideways has more to its left or right than is in sight: told to its style sheet, which fades that end. */
import { type RefObject, useEffect } from "react";

/** Less is a rounding of the screen. */
const BEYOND_PX = 2;

/** Sets `data-more` on the element: `start`, `end`, `both` or `none`. */
export function useMoreBeyond(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = bar.current;
    if (element === null) return;
    const look = () => {
      const start = element.scrollLeft > BEYOND_PX;
      const end = element.scrollLeft + element.clientWidth < element.scrollWidth - BEYOND_PX;
      element.dataset.more = start && end ? "both" : start ? "start" : end ? "end" : "none";
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    const filled = new MutationObserver(look);
    filled.observe(element, { childList: true, subtree: true, characterData: true });
    return () => {
      element.removeEventListener("scroll", look);
      resized.disconnect();
      filled.disconnect();
    };
  }, [bar]);
}

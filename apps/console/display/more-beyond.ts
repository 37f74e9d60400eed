/** Whether a bar that scrolls sideways has more to its left or right than is in sight: that end fades. */
import { type RefObject, useEffect } from "react";
import styles from "./more-beyond.module.css";

/** Less is a rounding of the screen. */
const BEYOND_PX = 2;

/** Sets `data-more` on the element: `start`, `end`, `both` or `none`. Answers the class that it needs for it. */
export function useMoreBeyond(bar: RefObject<HTMLElement | null>): string {
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
  return styles.bar ?? "";
}

/** A search that the CSMS answers: what is typed stands in the field at once, and in the address after a short pause. */
import { useEffect, useRef, useState } from "react";
import { useServices } from "../shell/services.tsx";

const PAUSE_MS = 350;

/** `settled` is what the address says; `settle` is told what was typed. */
export function useTyped(settled: string, settle: (text: string) => void) {
  const { clock } = useServices();
  const [typed, setTyped] = useState(settled);
  const last = useRef(settled);
  const tell = useRef(settle);
  tell.current = settle;
  // Another address (a link, the way back) is another search.
  useEffect(() => {
    if (settled !== last.current) setTyped(settled);
    last.current = settled;
  }, [settled]);
  useEffect(() => {
    if (typed === last.current) return;
    return clock.after(PAUSE_MS, () => {
      last.current = typed;
      tell.current(typed);
    });
  }, [typed, clock]);
  return [typed, setTyped] as const;
}

/** What may be asked of a station, as the operator chooses it; each leads to a form of its own. */
import type { StationView } from "../stations/view.ts";

export const choices = ["start", "stop", "outOfService", "intoService", "reset", "trigger"] as const;
export type Choice = (typeof choices)[number];

/** Those that end or refuse somebody's charging stand in the colour of danger before they are sent. */
export const isDangerous = (choice: Choice): boolean =>
  choice === "stop" || choice === "reset" || choice === "outOfService";

/** Only what can have an effect: nothing to stop where nothing runs, nothing to put back that is in service. */
export function choicesFor(view: StationView): readonly Choice[] {
  const out = view.evses.filter((evse) => evse.state === "unavailable").length;
  const wholeOut = view.state === "unavailable";
  const free = view.evses.some((evse) => evse.session === undefined && evse.state !== "unavailable");
  return choices.filter((choice) => {
    if (choice === "start") return free || view.evses.length === 0;
    if (choice === "stop") return view.open.length > 0;
    if (choice === "intoService") return out > 0 || wholeOut;
    if (choice === "outOfService") return !wholeOut;
    return true;
  });
}

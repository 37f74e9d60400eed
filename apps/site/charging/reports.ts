/**
 * The profiles that a 2.x station says it has (K09): GetChargingProfiles, then its ReportChargingProfiles until one says that it was the
 * last. At a managed station nobody but the site asks, so every such report is the site's own and goes no further.
 */
import type { Clock } from "@wattward/kernel";
import { ask, type StationCaller } from "./caller.ts";
import { fieldsOf, listIn, numberIn, textIn } from "./fields.ts";
import { REPORT_REQUEST_ID, REPORTS_MS_MAX } from "./limits.ts";

export type Installed = {
  readonly id: number;
  readonly evse: number;
  readonly purpose: string;
  readonly stackLevel: number;
  /** Set by a CSMS or a controller, and so ours to clear; others are an EMS's or the grid operator's (K01.FR.22). */
  readonly clearable: boolean;
  readonly wire: unknown;
};

/** More are not listed: no station holds so many. */
const INSTALLED_MAX = 1_000;

export class Reports {
  private readonly clock: Clock;
  private requestId = REPORT_REQUEST_ID;
  private open: { readonly requestId: number; readonly found: Installed[]; done(): void } | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Undefined where the station does not say, or not all of it. */
  async installed(caller: StationCaller): Promise<readonly Installed[] | undefined> {
    const requestId = ++this.requestId;
    const found: Installed[] = [];
    let settle: (whole: boolean) => void = () => {};
    const whole = new Promise<boolean>((resolve) => (settle = resolve));
    this.open = { requestId, found, done: () => settle(true) };
    const told = await ask(caller, {
      action: "GetChargingProfiles",
      payload: { requestId, chargingProfile: {} },
    });
    if (told.kind !== "answer" || told.status !== "Accepted")
      settle(told.kind === "answer" && told.status === "NoProfiles");
    const cancel = this.clock.after(REPORTS_MS_MAX, () => settle(false));
    const all = await whole;
    cancel();
    if (this.open?.requestId === requestId) this.open = undefined;
    return all ? found : undefined;
  }

  /** A ReportChargingProfiles of the station. */
  heard(payload: object): void {
    const fields = fieldsOf(payload);
    const { open } = this;
    if (open === undefined || numberIn(fields, "requestId") !== open.requestId) return;
    const source = textIn(fields, "chargingLimitSource");
    for (const wire of listIn(fields, "chargingProfile")) {
      const profile = fieldsOf(wire);
      if (open.found.length >= INSTALLED_MAX) break;
      open.found.push({
        id: numberIn(profile, "id") ?? -1,
        evse: numberIn(fields, "evseId") ?? 0,
        purpose: textIn(profile, "chargingProfilePurpose") ?? "",
        stackLevel: numberIn(profile, "stackLevel") ?? 0,
        clearable: source === "CSO",
        wire,
      });
    }
    if (fields.get("tbc") !== true) open.done();
  }
}

/** A connected station as this folder sees it: somebody to call, in one version. */
import type { JsonObject } from "@wattward/kernel";
import type { CallOutcome, OcppVersion } from "@wattward/ocpp";
import { CALL_MS_MAX } from "./limits.ts";

export type StationCaller = {
  readonly version: OcppVersion;
  /** Counts the station's sockets; a later one has a greater one. */
  readonly generation: number;
  /** `first`: before every CALL that waits. */
  call(
    action: string,
    payload: JsonObject,
    options: { timeoutMs: number; first?: boolean },
  ): Promise<CallOutcome>;
};

export type OwnCall = { readonly action: string; readonly payload: JsonObject };

/** What became of a CALL of ours. `never`: it cannot do that at all. `silent`: nobody knows whether it did. */
export type Told =
  | { readonly kind: "answer"; readonly status: string; readonly payload: JsonObject }
  | { readonly kind: "never"; readonly say: string }
  | { readonly kind: "silent"; readonly say: string };

export async function ask(caller: StationCaller, { action, payload }: OwnCall): Promise<Told> {
  const outcome = await caller.call(action, payload, { timeoutMs: CALL_MS_MAX, first: true });
  switch (outcome.kind) {
    case "result": {
      const { status } = outcome.payload;
      return {
        kind: "answer",
        status: typeof status === "string" ? status : "Accepted",
        payload: outcome.payload,
      };
    }
    case "error":
      if (outcome.code === "NotSupported" || outcome.code === "NotImplemented")
        return { kind: "never", say: outcome.code };
      return { kind: "silent", say: `${outcome.code} ${outcome.description}`.slice(0, 200) };
    case "invalid":
      // With nothing received it was our own payload that its schema forbids: it was never sent.
      return outcome.raw === ""
        ? { kind: "never", say: outcome.reason }
        : { kind: "silent", say: outcome.reason };
    default:
      return { kind: "silent", say: outcome.kind };
  }
}

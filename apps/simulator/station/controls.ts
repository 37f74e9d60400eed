/**
 * What a central system's command may do to a station, in words of no version: the door between the dialects'
 * command files and the firmware.
 */
import type { EvseId } from "@wattward/kernel";
import type { OutCall, Token } from "./dialect.ts";
import type { Schedule } from "./limits.ts";
import type { Listed, SettingName } from "./settings.ts";

export type RemoteStart = {
  readonly evse: EvseId | undefined;
  readonly token: Token;
  readonly remoteStartId: number | undefined;
};

export type Triggered = "boot" | "heartbeat" | "status" | "meter" | "transaction";

/** What an accepted command does once its answer has been sent; undefined where it is refused. */
export type Agreed = (() => void) | undefined;

export interface Controls {
  readonly evses: readonly EvseId[];
  settings(): readonly Listed[];
  set(name: SettingName, text: string): Promise<"accepted" | "rejected">;
  /** Waits for a car where none is there yet. Refused where no EVSE could take it, and before acceptance (B02.FR.05). */
  remoteStart(request: RemoteStart): Agreed;
  /** By the transaction's id on the wire. */
  remoteStop(wireId: string | number): Agreed;
  /** `hard` and `soft` end transactions at once, `idle` waits for them. */
  reset(kind: "hard" | "soft" | "idle"): {
    readonly status: "accepted" | "scheduled";
    readonly begin: () => void;
  };
  /** 0 is the whole station. Kept through reboots (B01.FR.07). */
  setAvailability(evse: EvseId | 0, operative: boolean): Promise<"accepted" | "scheduled" | "rejected">;
  /** Sends what is asked for, even before acceptance (B02.FR.02); of every EVSE where none is named. */
  trigger(what: Triggered, evse: EvseId | undefined): Agreed;
  /** `end`: ends a transaction first; without it a running one is left alone. */
  unlock(evse: EvseId, running: "end" | "leave"): Promise<"unlocked" | "busy" | "unknown">;
  /** Of this id on the wire, where one is given. */
  hasTransaction(evse: EvseId, wireId: string | number | undefined): boolean;
  /** A schedule for the running transaction, or for every one to come (evse 0: on all). */
  limit(evse: EvseId | 0, scope: "transaction" | "default", schedule: Schedule): void;
  /** Of one EVSE, or of the whole station. */
  clearLimits(evse: EvseId | undefined): void;
  /** Tells the states of connectors that have changed. */
  tellChanges(): void;
  /** Sends a call that nobody waits for. */
  send(call: OutCall): void;
  /** The station's clock, as a timestamp. */
  timestamp(): string;
}

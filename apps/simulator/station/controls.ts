/**
 * What a central system's command may do to a station, in words of no version: the door between the dialects'
 * command files and the firmware.
 */
import type { EvseId } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import type { Profile } from "../charging/profile.ts";
import type { ProfileShelf } from "../charging/profile-shelf.ts";
import type { Cards } from "./cards.ts";
import type { ConnectorState, OutCall, Token } from "./dialect.ts";
import type { Errands } from "./errands.ts";
import type { EventStreams } from "./event-streams.ts";
import type { Reservation } from "./reservations.ts";
import type { FlagName, Listed, NumberName, SettingName } from "./settings.ts";

export type RemoteStart = {
  readonly evse: EvseId | undefined;
  readonly token: Token;
  readonly remoteStartId: number | undefined;
  /** For the transaction that begins; without its transaction's name. */
  readonly profile?: Profile;
};

export type Triggered = "boot" | "heartbeat" | "status" | "meter" | "transaction";

/** What an accepted command does once its answer has been sent; undefined where it is refused. */
export type Agreed = (() => void) | undefined;

/** An EVSE as the device model shows it. */
export type EvseFacts = { readonly evse: EvseId; readonly state: ConnectorState; readonly maxW: number };

export interface Controls {
  readonly evses: readonly EvseId[];
  readonly profiles: ProfileShelf;
  readonly cards: Cards;
  readonly errands: Errands;
  readonly streams: EventStreams;
  facts(): readonly EvseFacts[];
  settings(): readonly Listed[];
  number(name: NumberName): number;
  flag(name: FlagName): boolean;
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
  /** 0 is the whole station. Kept through reboots (B01.FR.07); ends reservations there. */
  setAvailability(evse: EvseId | 0, operative: boolean): Promise<"accepted" | "scheduled" | "rejected">;
  reserve(reservation: Reservation): Promise<"accepted" | "occupied" | "unavailable" | "rejected">;
  cancelReservation(id: number): Promise<boolean>;
  /** Sends what is asked for, even before acceptance (B02.FR.02); of every EVSE where none is named. */
  trigger(what: Triggered, evse: EvseId | undefined): Agreed;
  /** Is it accepted by the central system? */
  readonly accepted: boolean;
  /** `end`: ends a transaction first; without it a running one is left alone. */
  unlock(evse: EvseId, running: "end" | "leave"): Promise<"unlocked" | "busy" | "unknown">;
  /** Our own reference of the transaction that runs there, of this id on the wire where one is given. */
  transactionAt(evse: EvseId, wireId: string | number | undefined): string | undefined;
  /** Where the transaction of this id runs. */
  evseOf(wireId: string | number): EvseId | undefined;
  /** Messages that wait for their answer: of one transaction (our reference), or at all. */
  waits(reference: string | undefined): boolean;
  /** Tells the states of connectors that have changed. */
  tellChanges(): void;
  /** Sends a call that nobody waits for. */
  send(call: OutCall): void;
  ask(call: OutCall): Promise<CallOutcome>;
  /** Does something again and again, until it is asked for under this name again or the station restarts; 0: never. */
  repeat(name: string, everyMs: number, work: () => Promise<void>): void;
  /** The station's clock, as a timestamp, and in ms since 1970. */
  timestamp(): string;
  nowMs(): number;
}

/**
 * What the local controller and the energy controller say to each other, over a unix socket that the local controller opens
 * (`state/energy.sock`, its folder 0700): one JSON object a line, LINE_BYTES_MAX at most, strict on both sides.
 *
 *     local controller ──state──▶ energy controller     at least every STATE_EVERY_MS, and at once when a session or outcome is new
 *     local controller ◀──turn── energy controller      every turn of its control loop: sign of life, grants, what to tell
 *
 * The two processes have clocks of their own, so instants travel as ages: milliseconds before the message was written.
 * A link that ends, or on which no turn came for TURN_MS_MAX, is a dead energy controller: the local controller falls back.
 */
import type {
  EnergyQuarter,
  EnergySnapshot,
  ExternalState,
  Grant,
  GrantOutcome,
  OutletId,
  SessionId,
} from "@wattward/energy";

export const STATE_EVERY_MS = 1_000;
/** No turn for so long: the energy controller is dead or hangs; fallback within 3 s of the last (ADR 16). */
export const TURN_MS_MAX = 2_000;
export const LINE_BYTES_MAX = 4 * 1024 * 1024;
/**
 * What the energy controller may say, whatever connections it says it on. Turns: ten a second where meters step (its TURN_MS_MIN); the
 * burst is what waits in the socket while this side's disk stands still.
 */
export const TURNS_MAX = { burst: 120, perSecond: 12 } as const;
export const TURN_CHARS_MAX = { burst: 2 * LINE_BYTES_MAX, perSecond: 1024 * 1024 } as const;
/** Connections: one dials twice a second at most. */
export const CONNECTIONS_MAX = { burst: 10, perSecond: 2 } as const;
/** Quarters are told once a minute; sooner they go no further. */
export const QUARTERS_MS_MIN = 5_000;

/** Names of what the energy controller observes, whose meaning stays, once released; any other is not its to tell. */
export const ENERGY_KINDS = [
  "energy.battery",
  "energy.beyond-declaration",
  "energy.contactor-opened",
  "energy.device",
  "energy.document-refused",
  "energy.external",
  "energy.meter",
  "energy.observations-lost",
  "energy.outlet",
] as const;
export type EnergyKind = (typeof ENERGY_KINDS)[number];

/** A session as the local controller knows it. */
export type ToldSession = {
  readonly id: SessionId;
  readonly outlet: OutletId;
  readonly connectedAgoMs: number;
  /** Most that car, cable and what the CSMS set (decision 13) allow, per phase. */
  readonly wantsMa: number;
  /**
   * The highest limit that the station may still live on, by grants of any controller that were sent and not surely replaced; absent:
   * its safe default. An energy controller that starts budgets it, and goes on from there.
   */
  readonly inForceMa?: number;
  /** Of that, what it surely has; absent: all of it. */
  readonly goesOnMa?: number;
  readonly observed?: { readonly agoMs: number; readonly terminalsMa: readonly number[] };
  readonly deliveredWh: number;
  /** Of the driver, by 2.x's charging needs or the CSMS; absent: unknown. */
  readonly energyWh?: number;
  readonly departureWallMs?: number;
  /** The car would give energy back, and its station can (V2X); so much is left above what car and driver keep. */
  readonly dischargeWMax?: number;
  readonly dischargeLeftWh?: number;
};

export type FromLocal = {
  readonly t: "state";
  /** Version of the bundle in force; the energy controller reads it from the disk itself when it is newer than its own. */
  readonly bundleVersion: number;
  readonly linkUp: boolean;
  /** What time it is, where the site's clock knows it better than this machine does (ADR 20). */
  readonly wallMs?: number;
  /** The last number of a grant that was ever sent at this site: the energy controller's go on from there. */
  readonly grantSeq: number;
  readonly sessions: readonly ToldSession[];
  /** Outlets that nothing limits, whatever the bundle says of them: their rating is to be budgeted. Absent: none. */
  readonly unlimited?: readonly OutletId[];
  readonly outcomes: readonly (Omit<GrantOutcome, "atMs"> & { readonly agoMs: number })[];
  /** Epoch of the CSMS, 0: none heard yet. With a newer one it was restored, and may lack every quarter (ADR 26). */
  readonly csmsEpoch: number;
  /** Said once for each acknowledgement: quarters it was told that begin up to here are durable at the CSMS. */
  readonly quartersAckedWallMs?: number;
};

/** `limitW` and for how much longer it was said to hold: of `limited`. */
export type ToldExternal = Pick<ExternalState, "kind" | "limitW"> & { readonly forMs?: number };

export type FromEnergy = {
  readonly t: "turn";
  /** Counts up by one with every turn of the loop. */
  readonly turn: number;
  readonly mode: "planned" | "reactive" | "conservative";
  readonly reason: string;
  readonly grants: readonly Grant[];
  /** How the grid operator's signal stands, where the site has one: the local controller holds on to it without this process. */
  readonly external?: ToldExternal;
  /** About once a second. */
  readonly snapshot?: EnergySnapshot;
  /** Finished, not acknowledged yet; repeated every minute until then. */
  readonly quarters?: readonly EnergyQuarter[];
  /** For the CSMS, as `observed`; of {@link ENERGY_KINDS}. */
  readonly observations?: readonly { readonly kind: string; readonly detail: string }[];
};

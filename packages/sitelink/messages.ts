/**
 * The site link, `wattward.site.v1`: one mutual-TLS WebSocket per site that carries the frames and the journal of all
 * its stations, commands, the bundle and cumulative acknowledgements (ADR 10). Each WebSocket message is one JSON
 * object with a `t` that names its kind. Strict on both sides: an unknown kind or a bad field closes the link.
 *
 * Life of a link:
 *     site  → hello      who it is, its journal's epoch and the range it still holds
 *     csms  → welcome    up to which sequence everything is durable here; the time; then leases and bundle as needed
 *     site  → record…    journal records after `ackedSeq`, in order, then live ones as they are written
 *     csms  → answer     for a record marked `live`, once its effect is durable; ack: cumulative, at least every 200 ms
 */
import type { ClockQuality, SiteId, StationId, TraceId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { PasswordProfile } from "@wattward/ocpp/ways-in";
import type { SignedBundle } from "./bundle.ts";
import type { JournalRecord } from "./record.ts";

export const SITE_PROTOCOL = "wattward.site.v1";

/** Begins the kind of an `observed` that is a deviation to be counted; the name of its rule follows. */
export const DEVIATION_OBSERVED = "deviation ";

/** Site to CSMS. */
export type SiteMessage =
  | {
      readonly t: "hello";
      readonly site: SiteId;
      /** The journal's own identity, minted when it was created: 24 hexadecimal digits. A new disk is a new epoch. */
      readonly epoch: string;
      /** Highest sequence written, 0 where none was. */
      readonly lastSeq: number;
      /** Version of the bundle in force, 0 where there is none. */
      readonly bundleVersion: number;
      /** Its csmsEpoch: after a restore of the CSMS the same version can be another bundle. Absent: not told. */
      readonly bundleEpoch?: number;
      readonly wallMs: number;
      readonly clockQuality: ClockQuality;
      readonly software: string;
    }
  /** `live`: a station waits for the answer. Otherwise a replay: history, which raises no live alarm. */
  | { readonly t: "record"; readonly live: boolean; readonly record: JournalRecord }
  /** A station's CALL that needs no journal (heartbeat, or authorisation while online): answered or forgotten. */
  | {
      readonly t: "relay";
      /** Unique within this link; answered by an `answer` with the same number. */
      readonly relay: number;
      readonly station: StationId;
      readonly version: OcppVersion;
      readonly trace: TraceId;
      readonly receivedAtMs: number;
      readonly clockQuality: ClockQuality;
      readonly frame: string;
    }
  /**
   * A station's frame that nobody answers, verbatim: its SEND, or its CALLRESULTERROR to an answer that it got (2.1).
   * Told while the link is up and not overfull, in the order of its arrival among the station's relays; never kept.
   */
  | {
      readonly t: "sent";
      readonly station: StationId;
      readonly version: OcppVersion;
      readonly trace: TraceId;
      readonly receivedAtMs: number;
      readonly clockQuality: ClockQuality;
      readonly frame: string;
    }
  /** The station's own CALLRESULT or CALLERROR, verbatim, to a `down` of this link. */
  | { readonly t: "up"; readonly station: StationId; readonly frame: string }
  /** A station's socket at the site opened or closed; after hello, one for each that is open. */
  | {
      readonly t: "presence";
      readonly station: StationId;
      readonly connected: boolean;
      /** Counts the station's sockets at this site since its process started; cleanup names the one it means. */
      readonly generation: number;
      readonly version: OcppVersion;
      readonly address: string;
      /** 1 or 2 for a station that came in by the password of its dispensation; absent: by its certificate. */
      readonly securityProfile?: PasswordProfile;
    }
  /** Something seen at the site that is no frame: refused certificate, clone, queue that gave something up. */
  | {
      readonly t: "observed";
      readonly kind: string;
      readonly station?: StationId;
      readonly atMs: number;
      readonly detail: string;
    }
  /** The site holds less than the low-water mark of leased transaction ids. */
  | { readonly t: "lease-wanted" }
  /** Bundle received, verified, durable and in force; or refused, with the reason. */
  | {
      readonly t: "bundle-state";
      readonly version: number;
      readonly accepted: boolean;
      readonly reason: string;
    }
  /** The site's energy now (JSON of energy's EnergySnapshot), about once a second while the link has room; never kept. */
  | { readonly t: "energy"; readonly snapshot: string }
  /** Quarters of an hour that are over (JSON array of energy's EnergyQuarter), told again until `energy-acked`. */
  | { readonly t: "energy-quarters"; readonly quarters: string }
  | { readonly t: "beat"; readonly wallMs: number; readonly clockQuality: ClockQuality };

/** CSMS to site. */
export type CsmsMessage =
  | {
      readonly t: "welcome";
      /** Raised by a restore of the CSMS; leases of an older one are void (ADR 26). */
      readonly csmsEpoch: number;
      /** Every record of the hello's epoch up to here is durable; -1 tells the site to begin a new epoch. */
      readonly ackedSeq: number;
      /**
       * Trace of the record `ackedSeq`, where there is one. If the site has another record under that number, its disk
       * is a copy that went its own way: what it holds after the copy is not durable here, and it begins a new epoch.
       */
      readonly ackedTrace?: TraceId;
      readonly wallMs: number;
    }
  /** Cumulative: every record with a sequence up to `seq` is durable. */
  | { readonly t: "ack"; readonly epoch: string; readonly seq: number }
  /** The CALLRESULT or CALLERROR for a live record (by `seq`) or a relay (by `relay`), to be passed on verbatim. */
  | { readonly t: "answer"; readonly seq?: number; readonly relay?: number; readonly frame: string }
  /** 1.6 transaction ids from…to (both included) belong to this site for ever, under this epoch. */
  | { readonly t: "lease"; readonly csmsEpoch: number; readonly from: number; readonly to: number }
  | { readonly t: "bundle"; readonly bundle: SignedBundle }
  /**
   * A CALL of the CSMS for a station, verbatim; its answer comes back as `up`. Or the CSMS's CALLRESULTERROR to such an
   * answer (2.1), which the site passes on and nobody answers.
   */
  | { readonly t: "down"; readonly station: StationId; readonly frame: string }
  /** Every quarter that begins up to then is durable. */
  | { readonly t: "energy-acked"; readonly untilWallMs: number }
  /** Told before the CSMS closes: why, and what to do. */
  | { readonly t: "refused"; readonly code: string; readonly sentence: string }
  | { readonly t: "beat"; readonly wallMs: number };

/**
 * How one station is to be handled, where an operator wants it otherwise than usual. Decided by CSMS and site alike, so
 * that a station meets the same over either route.
 */
import { type OcppVersion, versionOf } from "./version.ts";

export type Handling = {
  /** Repairs are off: what breaks its schema is refused, as a certification wants it (QUIRKS, principle 4). */
  readonly strict: boolean;
  /** The only version to be spoken with it, whatever it prefers (QUIRKS 24). */
  readonly pinned?: OcppVersion;
  /** Spoken where it names no sub-protocol of ours, instead of closing (QUIRKS 23). Not where it is held strictly. */
  readonly assumed?: OcppVersion;
  /** False: it is never pinged, and lives by its own messages alone (QUIRKS 28). */
  readonly pinged: boolean;
  /** True: a direct socket that answers none of our calls is closed, so that it connects anew (QUIRKS 22). */
  readonly closeDeaf?: boolean;
};

export const usualHandling: Handling = { strict: false, pinged: true };

export type Agreed = {
  /** What the handshake answers; empty for no sub-protocol header at all. */
  readonly protocol: string;
  readonly version: OcppVersion;
};

/**
 * The version of one socket, by what it offers in its own order of preference. Undefined: none in common, so the
 * handshake is completed without a sub-protocol and the socket closed (OCPP-J 1.6 §3.1.2; Part 4 §3.1.2).
 */
export function agreedVersion(
  offered: readonly string[],
  { pinned, assumed, strict }: Handling,
): Agreed | undefined {
  for (const protocol of offered) {
    const version = versionOf(protocol);
    if (version !== undefined && (pinned ?? version) === version) return { protocol, version };
  }
  const named = offered.some((protocol) => versionOf(protocol) !== undefined);
  if (assumed === undefined || strict || named) return undefined;
  return { protocol: "", version: assumed };
}

/**
 * A second connection under an identity that has one: decided by proof and by route, never by order of arrival alone
 * (QUIRKS, "Takeover"; ADR 9). Pure.
 *
 * Here because both ends of the route decide by it, the CSMS's gateway and a site's local controller, and apps never
 * import apps.
 *
 * Both sides have shown a certificate that we issued, in time and not denied, or the password of a dispensation in force;
 * the store has let each use this identity. What is decided here is only between the two.
 *
 *     a password against a certificate    refused: who proves more keeps it, whatever a dispensation says
 *     a certificate against a password    replaces
 *     a password against a password       the old one is pinged: alive, the newcomer is refused; silent, replaced
 */
import type { PasswordProfile } from "./ways-in/dispensation.ts";

/** Replacements by the same key within the window, before a clone is suspected. */
export const REPLACEMENTS_MAX = 3;
export const REPLACEMENT_WINDOW_MS = 10 * 60_000;
/** A pong this fresh, from another address than the newcomer's, proves that the old socket lives. */
export const ALIVE_PONG_MS = 2_000;
/** How long a connection that came in by a password has to answer the ping that a second one causes (QUIRKS 30). */
export const PASSWORD_PROBE_MS = 5_000;

/** One of the two ends of the choice. `route` is `direct` or `site <id>`. */
export type Claim = {
  readonly route: string;
  /** SHA-256 of the public key, hex; undefined for a station behind a site, whose key the site alone has seen. */
  readonly key: string | undefined;
  readonly notBeforeMs: number;
  readonly address: string;
  /** 1 or 2 for who came in by a password; absent for everybody else. */
  readonly securityProfile?: PasswordProfile;
};

export type Incumbent = Claim & {
  /** Since its last pong, ms; undefined where it never sent one. */
  readonly pongAgoMs: number | undefined;
  /**
   * Since it was pinged because of this newcomer, ms; undefined where it was not. A pong that is no older answers that
   * ping, however late the clock rang for us.
   */
  readonly askedAgoMs: number | undefined;
};

export type Takeover =
  | {
      readonly kind: "replace";
      readonly why: "same-key" | "newer-certificate" | "certificate-over-password" | "silent";
    }
  /** Ask the old socket for a sign of life, wait, then decide again. */
  | { readonly kind: "probe"; readonly withinMs: number }
  /** Suspected clone: the newcomer is turned away for now, the old one stays, people are told. */
  | { readonly kind: "hold"; readonly why: "replaced-too-often" | "alive-elsewhere" }
  | { readonly kind: "refuse"; readonly why: "other-route" | "other-key" | "lower-profile" | "alive" };

/**
 * @param replacedAtMs when this identity's sockets were replaced by the same key before (monotonic ms)
 * @param nowMs monotonic ms
 */
export function takeover(
  old: Incumbent,
  newcomer: Claim,
  replacedAtMs: readonly number[],
  nowMs: number,
): Takeover {
  if (old.route !== newcomer.route) return { kind: "refuse", why: "other-route" };
  if (newcomer.securityProfile !== undefined) return byPassword(old);
  if (old.securityProfile !== undefined) return { kind: "replace", why: "certificate-over-password" };
  if (old.key !== newcomer.key) {
    return newcomer.notBeforeMs > old.notBeforeMs
      ? { kind: "replace", why: "newer-certificate" }
      : { kind: "refuse", why: "other-key" };
  }
  const recent = replacedAtMs.filter((atMs) => nowMs - atMs < REPLACEMENT_WINDOW_MS);
  if (recent.length >= REPLACEMENTS_MAX) return { kind: "hold", why: "replaced-too-often" };
  if (old.address === newcomer.address) return { kind: "replace", why: "same-key" };
  const { pongAgoMs = Infinity, askedAgoMs } = old;
  if (pongAgoMs <= Math.max(ALIVE_PONG_MS, askedAgoMs ?? 0)) return { kind: "hold", why: "alive-elsewhere" };
  return askedAgoMs === undefined
    ? { kind: "probe", withinMs: ALIVE_PONG_MS }
    : { kind: "replace", why: "same-key" };
}

/** The last row of the table: a password proves less than presence does. */
function byPassword({ securityProfile, askedAgoMs, pongAgoMs = Infinity }: Incumbent): Takeover {
  if (securityProfile === undefined) return { kind: "refuse", why: "lower-profile" };
  if (askedAgoMs === undefined) return { kind: "probe", withinMs: PASSWORD_PROBE_MS };
  const alive = pongAgoMs <= askedAgoMs;
  return alive ? { kind: "refuse", why: "alive" } : { kind: "replace", why: "silent" };
}

/**
 * A second connection under an identity that has one: decided by proof and by route, never by order of arrival alone
 * (QUIRKS, "Takeover"; ADR 9). Pure. The rows of security profiles 1 and 2 follow with their listeners.
 *
 * Here because both ends of the route decide by it, the CSMS's gateway and a site's local controller, and apps never
 * import apps.
 *
 * Both sides have shown a certificate that we issued, in time and not denied; the store has let this certificate use
 * this identity. What is decided here is only between the two.
 */

/** Replacements by the same key within the window, before a clone is suspected. */
export const REPLACEMENTS_MAX = 3;
export const REPLACEMENT_WINDOW_MS = 10 * 60_000;
/** A pong this fresh, from another address than the newcomer's, proves that the old socket lives. */
export const ALIVE_PONG_MS = 2_000;

/** One of the two ends of the choice. `route` is `direct` or `site <id>`. */
export type Claim = {
  readonly route: string;
  /** SHA-256 of the public key, hex; undefined for a station behind a site, whose key the site alone has seen. */
  readonly key: string | undefined;
  readonly notBeforeMs: number;
  readonly address: string;
};

export type Incumbent = Claim & {
  /** Since its last pong, ms; undefined where it never sent one. */
  readonly pongAgoMs: number | undefined;
  /** It was just pinged because of this newcomer, and given {@link ALIVE_PONG_MS} to answer. */
  readonly probed: boolean;
};

export type Takeover =
  | { readonly kind: "replace"; readonly why: "same-key" | "newer-certificate" }
  /** Ask the old socket for a sign of life, then decide again. */
  | { readonly kind: "probe" }
  /** Suspected clone: the newcomer is turned away for now, the old one stays, people are told. */
  | { readonly kind: "hold"; readonly why: "replaced-too-often" | "alive-elsewhere" }
  | { readonly kind: "refuse"; readonly why: "other-route" | "other-key" };

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
  if (old.key !== newcomer.key) {
    return newcomer.notBeforeMs > old.notBeforeMs
      ? { kind: "replace", why: "newer-certificate" }
      : { kind: "refuse", why: "other-key" };
  }
  const recent = replacedAtMs.filter((atMs) => nowMs - atMs < REPLACEMENT_WINDOW_MS);
  if (recent.length >= REPLACEMENTS_MAX) return { kind: "hold", why: "replaced-too-often" };
  if (old.address === newcomer.address) return { kind: "replace", why: "same-key" };
  if (old.pongAgoMs !== undefined && old.pongAgoMs <= ALIVE_PONG_MS) {
    return { kind: "hold", why: "alive-elsewhere" };
  }
  return old.probed ? { kind: "replace", why: "same-key" } : { kind: "probe" };
}

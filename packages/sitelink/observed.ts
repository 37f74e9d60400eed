/**
 * Kinds of `observed` that the CSMS understands beyond showing them: the site's mode, and what its Modbus guard refused. Their
 * `detail` is JSON; one that cannot be read is still observed, as text.
 */

/** The site's mode has changed; detail: {@link ModeTold}. */
export const MODE_OBSERVED = "site.mode";

export type ModeTold = {
  /** A word of energy's Mode. */
  readonly mode: string;
  readonly islanded: boolean;
  /** A sentence for people. */
  readonly reason: string;
  /** The one before; absent where there was none. */
  readonly before?: string;
};

/**
 * Begins the kind of whatever the Modbus guard tells: `modbus.denied`, `modbus.pattern`, `modbus.unknown-master`, …; detail: the decoded
 * exchange and why, as a sentence or as a flat object in JSON.
 */
export const GUARD_OBSERVED = "modbus.";

/**
 * How a Modbus device misbehaves on purpose, whatever it is. Faults of what it measures or does belong to its physics; these are of its
 * way with setpoints and with its line.
 */
export class DeviceConduct {
  /** Writes are acknowledged, shown when read back, and change nothing. */
  ignores = false;
  /** Setpoints fall back by themselves after so long, whatever was told. */
  revertsAfterMs: number | undefined;
  /** Setpoints never fall back, whatever was told. */
  neverReverts = false;
  /** What it measures at its terminals it tells as it was, for ever. */
  frozen = false;
  /** It restarts, or its line is cut: requests vanish. */
  dark = false;
  /** The network is full: answers come late, and every other one is "busy". */
  flooded = false;
  /** It answers everything with an exception (AT-M7). */
  objects = false;
  /** It says each answer again, unasked, a moment later (AT-M8). */
  repeats = false;
}

/**
 * Currents on the site's three phases, and how a device's terminals hang on them. Milliamperes; what flows into a device, or from the
 * grid into the site, is positive. The simulator has its own: what it says is the truth, so it shares no sum with what is judged by it.
 */
export const phases = ["L1", "L2", "L3"] as const;
export type Phase = (typeof phases)[number];
/** The site's phases in the order of the device's terminals: one to three different ones. */
export type Wiring = readonly Phase[];
/** A value for L1, L2 and L3. */
export type Currents = readonly [number, number, number];

export const none: Currents = [0, 0, 0];

export const plus = (a: Currents, b: Currents): Currents => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** What flows at a device's terminals, on the site's phases. */
export const wired = (wiring: Wiring, terminalsMa: readonly number[]): Currents => {
  const at: [number, number, number] = [0, 0, 0];
  for (let terminal = 0; terminal < wiring.length; terminal++)
    at[phases.indexOf(wiring[terminal]!)] = terminalsMa[terminal] ?? 0;
  return at;
};

/** A power evenly on all phases of that wiring, as currents. */
export const evenly = (wiring: Wiring, watts: number, voltageV: number): Currents => {
  const each = (watts * 1000) / (voltageV * wiring.length);
  return wired(wiring, [each, each, each]);
};

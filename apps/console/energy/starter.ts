/** A document to begin with: the site's own stations below one fuse, everything cautious. Pure. */

/** Per phase: of a usual connection, of what nobody controls, of an outlet. */
const FUSE_MA = 63_000;
const BUILDING_MA = 30_000;
const OUTLET_MA = 16_000;

/** What nobody has proven yet is written as not proven: it is the installer's to say. */
export function starterDocument(stations: readonly string[], timeZone: string): string {
  const [first = "STATION", ...others] = stations.map((id) =>
    /^[A-Za-z][\w.-]*$/.test(id) ? id : JSON.stringify(id),
  );
  const outlets = others.map((name) => `\n      - { <<: *outlet, id: ${name}, station: ${name} }`).join("");
  return `# What hangs where at this site. Currents in mA per phase, power in W.
schema: 1
energy:
  timeZone: ${timeZone}
  strategy: fairness            # fairness, cost, self-consumption or guaranteed-energy
  site:
    voltageV: 230
    fuses:                      # a tree; the one without parent is the grid connection
      # The real one. Is it smaller than every station and the building at once? Then prove the stations: see limiting.
      - { id: main, ratedMa: ${Math.max(FUSE_MA, BUILDING_MA + stations.length * OUTLET_MA)}, carriesPermille: 1200 }
    outlets:                    # one EVSE each
      - &outlet
        id: ${first}
        station: ${first}
        evse: 1
        fuse: main
        wiring: [L1, L2, L3]    # rotate it as it is wired
        ratedMa: ${OUTLET_MA}
        minMa: 6000
        steps: { kind: every, stepMa: 1000 }
        safeMa: 0               # drawn with no controller at all: 0, or at least minMa
        # none: it counts at its rating, always. proven: its safe limit was seen to survive a power cut of the station, as
        # many of OCPP 1.6 do not; then it counts at safeMa with the site dead, and at its grant else (docs/energy.md, ADR 13).
        limiting: none
        ttlMs: 120000
        expiry: unproven
        respondsMs: 10000
        switchesPhases: false${outlets}
    loads:                      # what nobody controls, at its highest
      - { id: building, fuse: main, highestMa: [${BUILDING_MA}, ${BUILDING_MA}, ${BUILDING_MA}] }
    sources: []
    meters:
      - { id: grid, fuse: main, staleMs: 3000, frozenMs: 60000 }
  devices: []
  tariff:                       # thousandths of a cent
    currency: EUR
    energy: { kind: flat, milliCentPerKwh: 30000 }
    feedInMilliCentPerKwh: 8000
    demandMilliCentPerKw: 0
    batteryWearMilliCentPerKwh: 0
  commands:                     # for raises; lowering is never delayed
    rampWPerS: 5000
    dwellMs: 5000
    reversalsPer10MinMax: 20
    randomDelayMsMax: 60000
`;
}

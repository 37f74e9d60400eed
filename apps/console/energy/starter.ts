/** A document to begin with: the site's own stations below one fuse, everything cautious. Pure. */

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
      - { id: main, ratedMa: 63000, carriesPermille: 1200 }
    outlets:                    # one EVSE each
      - &outlet
        id: ${first}
        station: ${first}
        evse: 1
        fuse: main
        wiring: [L1, L2, L3]    # rotate it as it is wired
        ratedMa: 16000
        minMa: 6000
        steps: { kind: every, stepMa: 1000 }
        safeMa: 0               # drawn with no controller at all: 0, or at least minMa
        limiting: proven        # its default was seen to survive a power cut; else none
        ttlMs: 120000
        expiry: unproven
        respondsMs: 10000
        switchesPhases: false${outlets}
    loads:                      # what nobody controls, at its highest
      - { id: building, fuse: main, highestMa: [30000, 30000, 30000] }
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

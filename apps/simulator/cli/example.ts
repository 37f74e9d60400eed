/** The scenario that `wattward simulator example` prints: docs/simulator.md shows it, tests read and play it. */
export const example = `# A day of a small car park, for 'npx wattward simulator'. Try it: npx wattward simulator check THIS-FILE
# Spans of time are written 90s, 15m, 2h or 1h30m; instants as a span since the beginning, or as 2025-06-02T08:15:00+02:00.
name: car-park

# Where stations connect (--url wins). wss:// needs 'identities: FOLDER' with a folder for each station.
url: ws://localhost:8180/ocpp

start: 2025-06-02T07:00:00+02:00   # the stations' time at the beginning; leave it out for the present
speed: 60                          # simulated seconds in a real one; max: as fast as it goes
for: 10h                           # when everybody leaves; leave it out: when the last car has left

# What holds for every station that does not say otherwise. securityProfile: 0 nothing, 1 password, 2 password over TLS,
# 3 client certificate.
defaults:
  version: "2.0.1"                 # "1.6", "2.0.1" or "2.1"
  maxKw: 22
  settings: { sampleS: 300 }       # seconds between meter values

stations:
  - id: HALL-{01..02}              # two stations: HALL-01 and HALL-02
    evses: 2
  - id: GATE                       # an old one
    version: "1.6"
    maxKw: 11
    afterOutage: resume            # goes on with its transaction after a power cut

cars:
  - at: HALL-01/1                  # a station, or a station's EVSE
    arrives: 20m
    stays: 8h
    energyKwh: 24.5                # takes exactly this, if there is time
  - at: HALL-01/2
    arrives: 1h
    leaves: 2025-06-02T12:30:00+02:00
    batteryKwh: 60                 # or a battery, which takes less as it fills
    socPercent: 35
    maxKw: 11
  - at: HALL-02                    # its first EVSE
    arrives: 30m
    stays: 45m
    energyKwh: 6
    behaviour: card-first          # usual, card-first, pulls-cable, parks (holds no card to the reader)
    every: 2h                      # and again …
    times: 4                       # … four times in all
  - at: GATE
    arrives: 2h
    stays: 4h
    energyKwh: 18

faults:
  - { at: 3h, what: power-cut, for: 10m, station: GATE }
  - { at: 4h, what: link-cut, for: 5m, station: HALL-01 }   # packets stop without a word
  - { at: 5h, what: deaf, for: 15m, station: HALL-02 }      # hears commands and answers none
  # more of them: offline, hang, crash, clock-jump (by: -1h), meter-lies (factor: 1.1), too-fast (perS: 50)
`;

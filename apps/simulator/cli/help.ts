/** What `wattward simulator --help` says, and the scenario that `wattward simulator example` prints. Both are tested to be true. */

export const help = `wattward simulator: charging stations, cars and drivers against any OCPP central system

  npx wattward simulator FILE                    plays a scenario: stations, cars, faults (YAML or JSON)
  npx wattward simulator --sessions FILE         replays real sessions (CSV, plain or gzip)
  npx wattward simulator check FILE              is it right, and what takes part in it?
  npx wattward simulator example > day.yaml      a scenario to begin with, every part of it explained
  npx wattward simulator schema                  the scenario's JSON Schema, for editors
  npx wattward simulator --stations DIR …        a folder of stations that another program steers, see below

Examples

  A day of two stations, in a minute, against a CSMS that asks for nothing:
    npx wattward simulator example > day.yaml
    npx wattward simulator day.yaml --url ws://localhost:8180/ocpp --speed 600

  Who takes part? Stations and cards to enter into the CSMS first:
    npx wattward simulator check day.yaml
    npx wattward simulator check day.yaml --json

  The first 200 sessions of a car park, as fast as they go, with certificates from IDENTITIES/ID/:
    npx wattward simulator --sessions sessions.csv.gz --first 200 --speed max \\
      --url wss://csms.example:9443/ocpp --identities IDENTITIES

Options of a scenario or replay (they win over what the scenario says)

  --url URL            where stations connect, ws:// or wss://; the station's id is appended. Several, with commas
                       between, are one central system's: who loses a connection goes to the next
  --connect H:P        where TCP goes instead, for each URL in order; TLS still verifies the URL's name
  --identities DIR     DIR/ID/ holds a station's certificate.pem, key.pem, root.pem (profile 3), root.pem and password
                       (2) or password (1), as 'wattward pki issue station ID --out DIR/ID' makes it
  --cards A,B,…        the cards that people use (one made up for each EVSE)
  --speed N            simulated seconds in a real one, or 'max' (1). A ceiling: nobody is left behind
  --for SPAN           when everybody leaves: 90s, 2h, 1h30m (when the last one has left)
  --start TIME         the date and time at the beginning, with offset from UTC, or 'now'
  --seed N             the same seed, the same chances (1)
  --sessions FILE      a file of sessions; --from TIME, --until TIME, --first N choose among them, --version V,V,…
                       the OCPP versions of its stations, in turn (2.0.1)
  --out DIR            writes sent.jsonl, received.jsonl, summary.json and outcome.json there (nothing is written)
  --json               the summary as one JSON object on standard output
  --quiet              no progress on standard error; --verbose adds what stations log
  --deadline S         what finishing may take (60)

  Exit code 0: all that was planned took place, was told and answered; 1: not so; 2: the command line or a file is
  wrong. Ctrl-C: everybody leaves and what happened is told; again: it ends at once.

A folder of stations, steered by lines of JSON

  npx wattward simulator --stations DIR --url wss://NAME:PORT/ocpp --out DIR [options]

  --stations DIR     stations.json, by hand ([{"id":"CP-1","version":"1.6","evses":1,"maxKw":22}, …]), and beside it one
                     folder per station: 'wattward pki issue station CP-1 --out DIR/CP-1'
  --url, --connect   as above; a station's own "url" and "connectTo" win
  --out DIR          sent.jsonl, received.jsonl, summary.json, meters.json and the stations' flash/ go here

  --for S            seconds until everybody leaves (default: until 'finish' on standard input, or Ctrl-C)
  --deadline S       seconds that finishing may take (60)
  --seed N           the same seed, the same drivers and cars (1)
  --session-s A-B    how long a car charges (8-25)
  --gap-s A-B        how long an EVSE stays free (2-8)
  --cards A,B,…      RFID card ids, hexadecimal (cards.json in --stations: ["…"], or made-up ones)
  --sample-s S       seconds between meter values (2)
  --heartbeat-s S    seconds between heartbeats, where the central system names none (30)
  --timeout-s S      how long a station waits for an answer (10)
  --after-outage W   end or resume: what becomes of a transaction that lost its power ('mixed': by chance)
  --repeat W         same-id or new-id: what a repeated message is sent under ('mixed': by chance)
  --fault F          repeatable: power-cut,at=10,for=5[,station=ID] link-cut,… offline,… hang,… deaf,… crash,at=10
                     clock-jump,at=10,by=-3600 meter-lies,at=10,for=60,factor=1.1 too-fast,at=10,for=5,perS=50

  Standard input takes a line of JSON at a time, standard output answers each with one:
    {"do":"status"}   {"do":"finish"}   {"do":"fault","what":"link-cut","for":20,"station":"S1"}
  The last line of standard output is the summary. Exit code 0: everything that happened was told and answered;
  1: something was not, or the central system broke the protocol; 2: the command line is wrong.
`;

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

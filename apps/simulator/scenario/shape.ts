/**
 * The form of a scenario file, as a JSON Schema (`wattward simulator schema` prints it, for editors) and as types. A
 * field's description is also what a person reads who got it wrong: "'maxKw' is DESCRIPTION; 0 is not."
 *
 * Unknown names are refused everywhere: a misspelt fault would be a quiet day.
 */
import { ocppVersions } from "@wattward/ocpp";
import { type Static, type TSchema, Type } from "typebox";
import { makeable } from "../station/settings.ts";
import { faultNames } from "../world/fault.ts";
import { manners } from "../world/visits.ts";
import { spanWords } from "./moments.ts";
import { closed, maybe, number, oneOf, text, whole } from "./shape-words.ts";

export const STATIONS_MAX = 2_000;
export const EVSES_MAX = 16;
const CARS_MAX = 100_000;
const FAULTS_MAX = 10_000;
const CARDS_MAX = 100_000;
const KW_MAX = 1_000;

const span = (what: string) =>
  Type.Union([Type.Number(), Type.String()], { description: `${what}: ${spanWords}` });
const moment = (what: string) =>
  Type.Union([Type.Number(), Type.String()], {
    description: `${what}: a span since the beginning (90s, 2h, 1h30m), or a date and time with offset (2025-06-02T08:15:00+02:00)`,
  });

/** A card as a reader gives it; 1.6 takes 20 characters. */
export const CARD_PATTERN = "^([0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}|[0-9A-Fa-f]{20})$";
const card = (what: string) =>
  Type.String({ description: `${what}: 8, 14 or 20 hexadecimal digits`, pattern: CARD_PATTERN });

/** What kind of station it is, apart from its name and its way to the central system. Also words of stations.json. */
export const makeShape = {
  serialNumber: maybe(text("the serial number, if it is not the id; at most 25 characters", 25)),
  vendor: maybe(text("the maker, as BootNotification tells it; at most 20 characters", 20)),
  model: maybe(text("the model, as BootNotification tells it; at most 20 characters", 20)),
  firmware: maybe(text("the firmware's version, as BootNotification tells it; at most 50 characters", 50)),
  afterOutage: maybe(oneOf(["end", "resume"], "what becomes of a transaction that lost its power")),
  repeatUnder: maybe(oneOf(["same-id", "new-id"], "what a repeated message is sent under")),
  queueMax: maybe(whole("how many transaction messages may wait, 1 to 100000", 1, 100_000)),
  overloaded: maybe(
    oneOf(
      ["refuse", "close"],
      "what a command with too much in it gets: a CALLERROR, or the end of the connection",
    ),
  ),
  phases: maybe(whole("terminals of an EVSE for cars with a charger of their own, 1 to 3", 1, 3)),
  stepA: maybe(number("the steps in which it tells cars a current, 0.1 to 10 A", 0.1, 10)),
  respondsS: maybe(number("from a lower limit to the lower current, 0 to 60 s", 0, 60)),
  bidirectional: maybe(Type.Boolean({ description: "it lets cars give back; 2.1 alone" })),
  clockBattery: maybe(oneOf(["good", "dead"], "the battery of its clock; dead: 1970 after every power cut")),
  settings: maybe(
    Type.Object(
      Object.fromEntries(
        makeable.map(({ name, says }) => [name, maybe(Type.Unknown({ description: says }))]),
      ),
      { ...closed, description: "settings by their names" },
    ),
  ),
};

const connectionShape = {
  url: maybe(text("where it connects, ws:// or wss://; its id is appended")),
  connect: maybe(text("HOST:PORT where TCP goes instead; TLS still verifies the name in 'url'")),
  securityProfile: maybe(
    whole(
      "0 (ws:// and nothing), 1 (ws:// and a password), 2 (wss:// and a password) or 3 (wss:// and a certificate)",
      0,
      3,
    ),
  ),
  identity: maybe(
    text(
      "its folder with certificate.pem, key.pem, root.pem, password; ID in 'identities' if it is not said",
    ),
  ),
  passwordFile: maybe(text("the file with its password, if it is not in its identity folder")),
  ca: maybe(
    text("the file with the roots that its server is verified by, or 'system' for those that Node brings"),
  ),
};

const kindShape = {
  version: maybe(oneOf(ocppVersions, "the OCPP version")),
  evses: maybe(whole(`how many cars can charge at once, 1 to ${EVSES_MAX}`, 1, EVSES_MAX)),
  maxKw: maybe(number(`the most that an EVSE gives, above 0, at most ${KW_MAX} kW`, 0.1, KW_MAX)),
  ...connectionShape,
  ...makeShape,
};

const stationShape = Type.Object(
  { id: text("the id on the wire; CP-{001..120} makes a hundred and twenty of them", 60), ...kindShape },
  closed,
);

const carShape = Type.Object(
  {
    at: text("where it charges: a station's id, or ID/EVSE", 80),
    arrives: moment("when it comes"),
    leaves: maybe(moment("when it goes")),
    stays: maybe(span("how long it stays")),
    energyKwh: maybe(number("what it takes, 0 to 1000 kWh, at its full power to the last", 0, 1_000)),
    batteryKwh: maybe(number("its battery, 1 to 1000 kWh (60)", 1, 1_000)),
    socPercent: maybe(number("its charge on arrival, 0 to 100 % (20)", 0, 100)),
    phases: maybe(whole("phases of its own charger, 1 to 3; the station's charger if it is not said", 1, 3)),
    maxKw: maybe(number(`the most that it takes, 0.1 to ${KW_MAX} kW (11)`, 0.1, KW_MAX)),
    givesKw: maybe(number(`it gives back, so much at most, 0.1 to ${KW_MAX} kW`, 0.1, KW_MAX)),
    keepsPercent: maybe(number("the charge down to which it gives back, 0 to 100 % (40)", 0, 100)),
    wantsPercent: maybe(number("the charge that its driver wants when he leaves, 0 to 100 % (80)", 0, 100)),
    card: maybe(card("its driver's card")),
    behaviour: maybe(oneOf(manners, "what its driver does (usual)")),
    every: maybe(span("it comes again so long after its last arrival")),
    times: maybe(whole("how often it comes, 1 to 10000", 1, 10_000)),
  },
  closed,
);

const range = (what: string) =>
  Type.Object(
    { least: span("the least"), most: span("the most") },
    { ...closed, description: `${what}: least and most` },
  );

const faultShape = Type.Object(
  {
    at: moment("when it happens"),
    what: oneOf(faultNames, "what happens"),
    station: maybe(text("the station's id; by chance where it is not said", 80)),
    for: maybe(span("how long")),
    by: maybe(
      Type.Union([Type.Number(), Type.String()], {
        description: "how wrong a clock is, in seconds or as -1h",
      }),
    ),
    factor: maybe(
      number("how fast a meter moves: 1.1 a tenth too much, 0 not at all, -1 backwards", -1_000, 1_000),
    ),
    perS: maybe(number("messages a second, above 0, at most 1000", 0.01, 1_000)),
    every: maybe(span("it happens again so long after the last time")),
    times: maybe(whole("how often it happens, 1 to 10000", 1, 10_000)),
  },
  closed,
);

const sessionsShape = Type.Object(
  {
    file: text("the file of sessions, CSV, plain or gzip"),
    from: maybe(text("sessions that arrive at or after this date and time")),
    until: maybe(text("sessions that arrive before this date and time")),
    first: maybe(whole("so many of them, in order of arrival", 1, 1_000_000)),
    carKw: maybe(number("the power that a car takes, where its energy does not need more (7)", 0.1, KW_MAX)),
    versions: maybe(
      Type.Array(oneOf(ocppVersions, "the OCPP version"), {
        description: "the versions of stations that the scenario does not describe, in turn",
        minItems: 1,
        maxItems: 100,
      }),
    ),
  },
  { ...closed, description: "a file of sessions, replayed" },
);

const list = <T extends TSchema>(item: T, description: string, most: number) =>
  Type.Array(item, { description: `${description}; at most ${most}`, maxItems: most });

export const scenarioShape = Type.Object(
  {
    name: maybe(text("what people call it, at most 100 characters", 100)),
    url: maybe(text("where stations connect that do not say it themselves")),
    connect: maybe(text("HOST:PORT where TCP goes for 'url'")),
    identities: maybe(text("the folder of the stations' identity folders")),
    cards: maybe(list(card("a card"), "the cards that people use", CARDS_MAX)),
    seed: maybe(whole("the same seed, the same chances", 0, 0x7fff_ffff)),
    start: maybe(text("the scenario's date and time at its beginning, or 'now'")),
    for: maybe(span("when everybody leaves, from the beginning")),
    speed: maybe(
      Type.Union([Type.Number({ minimum: 1, maximum: 100_000 }), Type.Literal("max")], {
        description: "simulated seconds in a real one, 1 to 100000, or 'max'",
      }),
    ),
    defaults: maybe(
      Type.Object(kindShape, {
        ...closed,
        description: "what holds for every station that does not say otherwise",
      }),
    ),
    stations: maybe(list(stationShape, "the stations", STATIONS_MAX)),
    cars: maybe(list(carShape, "cars that come at known times", CARS_MAX)),
    drivers: maybe(
      Type.Object(
        { session: range("how long a car charges"), gap: range("how long an EVSE stays free") },
        { ...closed, description: "people by chance at every EVSE" },
      ),
    ),
    sessions: maybe(sessionsShape),
    faults: maybe(list(faultShape, "what goes wrong", FAULTS_MAX)),
  },
  { ...closed, title: "A scenario of wattward simulator" },
);

export type ScenarioWords = Static<typeof scenarioShape>;
export type StationWords = Static<typeof stationShape>;
export type KindWords = Omit<StationWords, "id">;
export type CarWords = Static<typeof carShape>;
export type FaultEntry = Static<typeof faultShape>;

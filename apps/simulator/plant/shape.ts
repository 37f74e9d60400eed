/** The form of `plant.json`, as a JSON Schema and as a type; a field's description is what a person reads who got it wrong. */
import { type Static, Type } from "typebox";
import { closed, maybe, number, oneOf, text as textUpTo, whole } from "../scenario/shape-words.ts";
import { phases } from "./phases.ts";

const FUSES_MAX = 200;
const OUTLETS_MAX = 4_000;
const THINGS_MAX = 200;
const KW_MAX = 10_000;
const A_MAX = 6_000;
const NAME_CHARS_MAX = 64;

const text = (description: string) => textUpTo(description, NAME_CHARS_MAX);
const kw = (what: string) => number(`${what}, 0 to ${KW_MAX} kW`, 0, KW_MAX);

const wiring = Type.Array(oneOf(phases, "a phase"), {
  description: "the site's phases in the order of its terminals: one to three different ones",
  minItems: 1,
  maxItems: 3,
  uniqueItems: true,
});
const amperes = (what: string) =>
  Type.Array(number("a current in A", 0, A_MAX), {
    description: `${what}, in A, for L1, L2 and L3`,
    minItems: 3,
    maxItems: 3,
  });

const deviceShape = Type.Object(
  {
    id: text("the device's name"),
    kind: oneOf(["meter", "battery", "solar", "limit-signal", "contactor"], "what it is"),
    fuse: text("the fuse that it hangs at, or measures, or stands above"),
    port: whole("the TCP port on which it listens, 1 to 65535", 1, 65_535),
    unit: maybe(whole("its Modbus unit id, 1 to 247 (1)", 1, 247)),
    layout: maybe(oneOf(["203", "213"], "a meter's SunSpec model (213)")),
    unsigned: maybe(Type.Boolean({ description: "true where a meter's currents have no sign" })),
    wiring: maybe(wiring),
    kwh: maybe(number("what a battery holds, 0.1 to 100000 kWh", 0.1, 100_000)),
    chargeKw: maybe(kw("the most that a battery takes")),
    dischargeKw: maybe(kw("the most that a battery gives")),
    socPercent: maybe(number("a battery's charge at the beginning, 0 to 100 % (50)", 0, 100)),
    efficiency: maybe(
      number("what is left of energy on the way in, and again on the way out, 0.5 to 1 (0.96)", 0.5, 1),
    ),
    peakKw: maybe(kw("the most that a solar inverter gives")),
    cloudyPercent: maybe(number("how much of the day is cloudy, 0 to 100 % (30)", 0, 100)),
    rampKwPerS: maybe(number("how fast its power changes, above 0 kW a second", 0.01, KW_MAX)),
    delayS: maybe(number("from a setpoint to the first watt of it, 0 to 60 s (0.3)", 0, 60)),
    ambientC: maybe(number("the warmth around it, -40 to 60 °C (20)", -40, 60)),
    steering: maybe(
      oneOf(
        ["124", "704"],
        "the SunSpec model that steers it: 124 (or 123 of a solar inverter), or 704 (124)",
      ),
    ),
    reverting: maybe(
      oneOf(["as-told", "never"], "whether a setpoint falls back when it is not renewed (as-told)"),
    ),
    revertsToKw: maybe(number("what a battery feeds then; charging is below 0 (0)", -KW_MAX, KW_MAX)),
  },
  { ...closed, description: "a device" },
);

export const plantShape = Type.Object(
  {
    voltageV: maybe(number("volts between phase and neutral, 100 to 400 (230)", 100, 400)),
    fuses: Type.Array(
      Type.Object(
        {
          id: text("the fuse's name"),
          parent: maybe(text("the fuse above it; absent at the grid connection")),
          ratedA: number(`its rating, 1 to ${A_MAX} A`, 1, A_MAX),
        },
        closed,
      ),
      { description: "the fuses", minItems: 1, maxItems: FUSES_MAX },
    ),
    outlets: Type.Array(
      Type.Object(
        {
          station: text("the station's id"),
          evse: whole("its EVSE, 1 to 16", 1, 16),
          fuse: text("the fuse that it hangs at"),
          wiring: maybe(wiring),
        },
        closed,
      ),
      { description: "the stations' EVSEs", maxItems: OUTLETS_MAX },
    ),
    loads: maybe(
      Type.Array(
        Type.Object(
          {
            id: text("the load's name"),
            fuse: text("the fuse that it hangs at"),
            leastA: maybe(amperes("what it never falls below")),
            highestA: amperes("declared: what it never exceeds"),
            riseA: maybe(amperes("declared: how much it rises within five minutes")),
            stepEveryS: maybe(
              number("from one step to the next on the average; 0 stands still (20)", 0, 86_400),
            ),
          },
          closed,
        ),
        { description: "what nobody controls", maxItems: THINGS_MAX },
      ),
    ),
    devices: maybe(Type.Array(deviceShape, { description: "the Modbus devices", maxItems: THINGS_MAX })),
    vendors: maybe(
      Type.Array(
        Type.Object(
          {
            to: text("HOST:PORT of the guard, or of a device without one"),
            unit: maybe(whole("the unit id that it asks (1)", 0, 255)),
            reads: whole("the register that it reads, a protocol address", 0, 65_535),
            sets: whole("the register that it sets", 0, 65_535),
            usual: Type.Array(whole("a raw word", 0, 65_535), {
              description: "what it sets, in turn: raw words",
              minItems: 1,
              maxItems: 100,
            }),
            everyS: maybe(number("seconds from one setpoint to the next (2)", 0.05, 3_600)),
            absurd: maybe(whole("what it sets when its cloud knows better: a raw word (32767)", 0, 65_535)),
            absurdEvery: maybe(whole("every so many times; 0 never (5)", 0, 1_000)),
          },
          closed,
        ),
        { description: "vendors' energy managements: other masters", maxItems: 10 },
      ),
    ),
    day: maybe(
      Type.Object(
        {
          startsAtH: number("the sun's hour at the beginning, 0 to 24", 0, 24),
          speed: maybe(
            number("how many times as fast as real time the sun moves, 1 to 10000 (1)", 1, 10_000),
          ),
        },
        { ...closed, description: "the sun's time, where it is not the clock's" },
      ),
    ),
  },
  { ...closed, title: "What stands at a site besides its stations" },
);

export type PlantWords = Static<typeof plantShape>;
export type DeviceWords = Static<typeof deviceShape>;

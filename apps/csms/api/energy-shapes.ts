/** The shapes of sites' energy: documents and their checks, the snapshot of now, quarters and days, modes, refusals, prices. */
import { type Static, Type } from "typebox";
import type * as Port from "../core/port.ts";
import {
  closed,
  integerOrNull,
  jsonObject,
  jsonObjectOrNull,
  ref,
  type Same,
  shape,
  textOrNull,
} from "./shape.ts";

const version = {
  version: Type.Integer({ description: "Counts from 1." }),
  atMs: Type.Integer(),
  actor: Type.String({ description: "Who wrote it: GET /people/names has the names." }),
  reason: Type.String(),
  managed: Type.Boolean({ description: "false: with it the site's energy is not managed." }),
};
export const EnergyVersion = shape("EnergyVersion", Type.Object(version, closed));
export const EnergyDocument = shape(
  "EnergyDocument",
  Type.Object(
    {
      ...version,
      text: Type.String({ description: "YAML or JSON, as it was written: docs/energy.md." }),
      energy: jsonObjectOrNull("EnergyConfig of packages/energy/config.ts, as it was understood."),
      guard: jsonObjectOrNull("Policy of packages/guard/policy.ts; null: nothing passes the guard."),
    },
    closed,
  ),
);

const finding = Type.Object(
  {
    path: Type.String({ description: "energy.site.fuses[1].ratedMa; empty for the whole." }),
    sentence: Type.String(),
    line: Type.Unsafe<number | null>({ type: ["integer", "null"], description: "Of the text, from 1." }),
  },
  closed,
);
const perPhase = Type.Array(Type.Number(), { minItems: 3, maxItems: 3, description: "L1, L2, L3; mA." });
export const EnergyCheck = shape(
  "EnergyCheck",
  Type.Object(
    {
      faults: Type.Array(finding, { description: "None: it can be set." }),
      notes: Type.Array(finding, { description: "No faults, but worth knowing." }),
      safeSums: Type.Array(Type.Object({ fuse: Type.String(), safeMa: perPhase, roomMa: perPhase }, closed), {
        description: "What each fuse carries with no controller at all, and what it has room for.",
      }),
      withoutPower: Type.Array(
        Type.Object({ outlet: Type.String(), station: Type.String(), evse: Type.Integer() }, closed),
        { description: "Where cars get nothing with no controller at all." },
      ),
      energy: jsonObjectOrNull("As it is understood; null where there are faults."),
      guard: jsonObjectOrNull("The guard's policy; null where there is none, or faults."),
    },
    closed,
  ),
);

export const SiteEnergy = shape(
  "SiteEnergy",
  Type.Object(
    {
      document: Type.Union([ref(EnergyDocument), Type.Null()], { description: "null: never managed." }),
      check: Type.Union([ref(EnergyCheck), Type.Null()], {
        description: "Of the document against the inventory as it is now; null where it is not managed.",
      }),
    },
    closed,
  ),
);

export const LiveEnergy = shape(
  "LiveEnergy",
  Type.Object(
    {
      receivedAtMs: Type.Integer({ description: "By the clock of this server." }),
      snapshot: jsonObject(
        "EnergySnapshot of packages/energy/snapshot.ts: W, mA, thousandths; what is absent is not known.",
      ),
    },
    closed,
  ),
);

const wh = () => Type.Integer({ description: "Wh" });
const energies = {
  importWh: wh(),
  exportWh: wh(),
  solarWh: wh(),
  batteryInWh: wh(),
  batteryOutWh: wh(),
  buildingWh: wh(),
  carsWh: wh(),
  carsWhByMode: Type.Unsafe<Record<string, number>>({
    type: "object",
    additionalProperties: { type: "integer" },
    description: "Into cars, by the mode of the moment; Wh.",
  }),
  costMilliCent: Type.Integer({ description: "Thousandths of a cent." }),
  measuredS: Type.Integer({
    description: "Seconds in which every flow was measured: no others are counted.",
  }),
};
export const QuarterRow = shape(
  "QuarterRow",
  Type.Object(
    {
      fromMs: Type.Integer({ description: "The quarter of an hour that begins then." }),
      ...energies,
      planned: Type.Union(
        [
          Type.Object({ gridWh: Type.Integer(), carsWh: Type.Integer(), batteryWh: Type.Integer() }, closed),
          Type.Null(),
        ],
        { description: "What the plan of its beginning meant by it; grid import and discharge positive." },
      ),
      chargePermille: integerOrNull("Of all batteries together, at its end."),
    },
    closed,
  ),
);
const EnergyDay = Type.Object(
  {
    day: Type.String({ description: "Of the site's own calendar: 2027-03-28." }),
    fromMs: Type.Integer(),
    toMs: Type.Integer({ description: "End of its last quarter that was told." }),
    ...energies,
    selfConsumptionPermille: integerOrNull("Of the sun's, what was not fed into the grid."),
    autarkyPermille: integerOrNull("Of what building and cars used, what did not come from the grid."),
    peakImportW: integerOrNull(
      "Mean import of its highest quarter of an hour; null where none was measured.",
    ),
    peakAtMs: integerOrNull("When that quarter began."),
  },
  closed,
);
export const EnergyDays = shape(
  "EnergyDays",
  Type.Object(
    {
      timeZone: Type.String({ description: "The site's, by its newest document; else UTC." }),
      currency: textOrNull("ISO 4217; null where the site has no document."),
      days: Type.Array(EnergyDay),
    },
    closed,
  ),
);

export const ModeChangeRow = shape(
  "ModeChangeRow",
  Type.Object(
    {
      seq: Type.Integer({ description: "Go on with the last one's." }),
      atMs: Type.Integer(),
      mode: Type.String({ description: "planned, reactive, conservative, fallback or default." }),
      islanded: Type.Boolean({ description: "Without a link to this server." }),
      reason: Type.String(),
      before: textOrNull("The mode before."),
      alert: Type.String({ description: "none, notice or alarm." }),
    },
    closed,
  ),
);
export const GuardRow = shape(
  "GuardRow",
  Type.Object(
    {
      seq: Type.Integer({ description: "Go on with the last one's." }),
      atMs: Type.Integer(),
      what: Type.String({ description: "modbus.denied, modbus.pattern, modbus.unknown-master, …" }),
      detail: jsonObject("The exchange, decoded, and why; where the guard told a sentence, `text`."),
    },
    closed,
  ),
);

export const EnergyLimitRow = shape(
  "EnergyLimitRow",
  Type.Object(
    {
      limitW: Type.Integer({ description: "What everything controlled may take together." }),
      untilMs: Type.Integer({ description: "By the site's clock; then it ends by itself, link or not." }),
      atMs: Type.Integer(),
      actor: Type.String({ description: "Who set it: GET /people/names has the names." }),
      reason: Type.String(),
    },
    closed,
  ),
);

export const PricesRow = shape(
  "PricesRow",
  Type.Object(
    {
      site: textOrNull("null: of every site that has none of its own."),
      fromMs: Type.Integer(),
      stepMs: Type.Integer(),
      milliCentPerKwh: Type.Array(Type.Number(), {
        description: "Thousandths of a cent per kWh, one a step.",
      }),
      toldAtMs: Type.Integer(),
      toldBy: Type.String(),
    },
    closed,
  ),
);

/** Each must be `true` to compile. */
export const agreements: {
  EnergyVersion: Same<Static<typeof EnergyVersion>, Port.EnergyVersionRow>;
  EnergyDocument: Same<Static<typeof EnergyDocument>, Port.EnergyDocumentRow>;
  QuarterRow: Same<Static<typeof QuarterRow>, Port.QuarterRow>;
  ModeChangeRow: Same<Static<typeof ModeChangeRow>, Port.ModeChangeRow>;
  GuardRow: Same<Static<typeof GuardRow>, Port.GuardRow>;
  EnergyLimitRow: Same<Static<typeof EnergyLimitRow>, Port.EnergyLimitRow>;
  PricesRow: Same<Static<typeof PricesRow>, Port.PricesRow>;
} = {
  EnergyVersion: true,
  EnergyDocument: true,
  QuarterRow: true,
  ModeChangeRow: true,
  GuardRow: true,
  EnergyLimitRow: true,
  PricesRow: true,
};

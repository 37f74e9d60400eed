/** The shapes of the first page: what needs somebody, and what is going on. */
import { type Static, Type } from "typebox";
import type * as Port from "../core/port.ts";
import { closed, integerOrNull, ref, type Same, shape, textOrNull } from "./shape.ts";

const kinds = [
  "storage-low",
  "node-lost",
  "site-offline",
  "site-fallback",
  "site-conservative",
  "site-silent",
  "connector-faulted",
  "station-offline",
  "station-deaf",
  "station-silent",
  "message-set-aside",
  "session-review",
  "command-failed",
  "dispensation-ending",
  "site-behind",
  "site-clock",
  "station-pending",
  "site-waiting",
] as const satisfies readonly Port.NeedKind[];
const places = [
  "site",
  "station",
  "sessions",
  "command",
  "dispensations",
  "settings",
  "nodes",
] as const satisfies readonly Port.NeedPlace[];
const oneOf = <const T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: "string", enum: [...values], description });
const Kind = oneOf(kinds, "Listed in order of consequence.");

export const NeedRow = shape(
  "NeedRow",
  Type.Object(
    {
      kind: Kind,
      weight: oneOf(
        ["danger", "attention", "waits"],
        "danger: service or data is lost now. attention: somebody should look. waits: for a person's word.",
      ),
      site: textOrNull(),
      station: textOrNull(),
      evse: integerOrNull(),
      sinceMs: integerOrNull("Of what ends: when."),
      concerned: Type.Integer({
        description:
          "Stations of a site, open sessions of a station, sessions to look at, commands that wait.",
      }),
      words: textOrNull("An error code, an action, a state: of whoever told it."),
      next: Type.Object({ place: oneOf(places, "Where the next step is."), id: textOrNull() }, closed),
    },
    closed,
  ),
);

const fleet = {
  stations: Type.Integer(),
  stationsConnected: Type.Integer(),
  sessionsOpen: Type.Integer(),
  sessionsToday: Type.Integer({ description: "Begun today." }),
  energyTodayWh: integerOrNull("Of all sessions, since today began."),
  powerW: integerOrNull(
    "Of open sessions, by those that told it within the last 16 minutes; null where none did.",
  ),
  powerAtMs: integerOrNull("When the newest of it was told."),
  sessionsDark: Type.Integer({ description: "Open sessions of which no power is in it." }),
};
const FleetNow = Type.Object(fleet, closed);
const SiteNow = Type.Object(
  {
    id: textOrNull("null: stations that are at no site."),
    connected: Type.Unsafe<boolean | null>({ type: ["boolean", "null"] }),
    seenAtMs: integerOrNull(),
    ...fleet,
    energy: Type.Union(
      [
        Type.Object(
          {
            mode: textOrNull(
              "planned, reactive, conservative, fallback or default; null: none was told yet.",
            ),
            sinceMs: integerOrNull("By the site's clock."),
          },
          closed,
        ),
        Type.Null(),
      ],
      { description: "The last word on how its energy is managed; null: it is not." },
    ),
  },
  closed,
);
const view = {
  seq: Type.Integer({ description: "Events after this sequence bring it up to date." }),
  needs: Type.Array(ref(NeedRow), { description: "By consequence; of each kind the first 50." }),
  counts: Type.Array(Type.Object({ kind: Kind, count: Type.Integer() }, closed), {
    description: "How many there are of each kind.",
  }),
  fleet: FleetNow,
  sites: Type.Array(SiteNow, { description: "Last, where there are any, stations without a site." }),
};
export const NowPage = shape(
  "NowView",
  Type.Object(
    {
      ...view,
      troubles: Type.Array(Type.String(), {
        description: "What does not work as it should in this process: as /readyz has it.",
      }),
    },
    closed,
  ),
);

const NowView = Type.Object(view, closed);
/** Each must be `true` to compile. */
export const agreements: {
  NeedRow: Same<Static<typeof NeedRow>, Port.NeedRow>;
  NowView: Same<Static<typeof NowView>, Port.NowView>;
} = { NeedRow: true, NowView: true };

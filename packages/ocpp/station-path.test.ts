import assert from "node:assert/strict";
import { test } from "node:test";
import { stationIn } from "./station-path.ts";

/** QUIRKS 27: encoded ids, slashes too many, a URL inside the path, and what names nobody. */
const rows: readonly (readonly [path: string, station: string | undefined])[] = [
  ["/ocpp/CS-1", "CS-1"],
  ["/ocpp/RDAM%7C123", "RDAM|123"],
  ["/ocpp//CS-1/", "CS-1"],
  ["/ocpp/tenant/CS-1", "CS-1"],
  ["/ocpp/ws://csms.example/ocpp/CS-1", "CS-1"],
  ["/ocpp/C_S-1", "C_S-1"],
  ["/ocpp/", undefined],
  ["/ocpp", undefined],
  ["/%", undefined],
  ["/ocpp/%", undefined],
  ["/ocpp/%00", undefined],
  ["/ocpp/%2525", undefined],
  ["/ocpp/a%2Fb", undefined],
  ["/site/north", undefined],
  ["ocpp/CS-1", undefined],
  [`/ocpp/${"a".repeat(49)}`, undefined],
  [`/ocpp/${"/".repeat(2_000)}CS-1`, undefined],
];

for (const [path, station] of rows) {
  test(`quirk 27: the path ${path.slice(0, 40)} names ${station ?? "nobody"}`, () => {
    assert.equal(stationIn(path), station);
  });
}

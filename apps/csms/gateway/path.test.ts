import assert from "node:assert/strict";
import { test } from "node:test";
import { askedBy } from "./path.ts";

const rows: [path: string, asked: string | undefined][] = [
  ["/ocpp/CP-1", "station CP-1"],
  ["/ocpp/RDAM%7C123", "station RDAM|123"],
  ["/site/north", "site north"],
  ["/ocpp/site/north", "station north"],
  ["/", undefined],
  ["", undefined],
  ["/%", undefined],
  ["/ocpp/%", undefined],
  ["/site/%", undefined],
  ["/site/", undefined],
  ["/site/North", undefined],
  ["/site/a/north", undefined],
  ["/site/north/", undefined],
  ["/site/n%6frth", undefined],
  ["/site/..", undefined],
  [`/site/${"a".repeat(41)}`, undefined],
  ["/OCPP/CP-1", undefined],
];

test("a path asks for a station, a site, or nothing", () => {
  for (const [path, expected] of rows) {
    const asked = askedBy(path);
    const said = asked?.kind === "station" ? `station ${asked.station}` : asked && `site ${asked.site}`;
    assert.equal(said, expected, path);
  }
});

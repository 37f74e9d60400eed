import assert from "node:assert/strict";
import { test } from "node:test";
import { askedBy } from "./path.ts";

const rows: [path: string, asked: string][] = [
  ["/ocpp/CP-1", "station CP-1"],
  ["/ocpp/CP-1/", "station CP-1"],
  ["/ocpp//CP-1", "station CP-1"],
  ["/ocpp/anything/CP-1", "station CP-1"],
  ["/ocpp/RDAM%7C123", "station RDAM|123"],
  ["/ocpp/a_b-c.d@e", "station a_b-c.d@e"],
  ["/site/north", "site north"],
  ["/", "no-such-path"],
  ["", "no-such-path"],
  ["ocpp/CP-1", "no-such-path"],
  ["/ocpp", "no-such-path"],
  ["/ocpp/", "no-such-path"],
  ["/OCPP/CP-1", "no-such-path"],
  ["/other/CP-1", "no-such-path"],
  [`/ocpp/${"a".repeat(2_000)}`, "no-such-path"],
  ["/%", "no-such-path"],
  ["/ocpp/%", "bad-encoding"],
  ["/ocpp/%E0%A4%A", "bad-encoding"],
  ["/ocpp/%ff", "bad-encoding"],
  ["/site/%", "bad-encoding"],
  ["/ocpp/CP%252D1", "bad-id"],
  ["/ocpp/a%2Fb", "bad-id"],
  ["/ocpp/a%00b", "bad-id"],
  ["/ocpp/a%0Ab", "bad-id"],
  ["/ocpp/a:b", "bad-id"],
  [`/ocpp/${"a".repeat(49)}`, "bad-id"],
  ["/site/North", "bad-id"],
  ["/site/a/north", "bad-id"],
  ["/site/..", "bad-id"],
];

test("a path asks for a station, a site, or nothing", () => {
  for (const [path, expected] of rows) {
    const asked = askedBy(path);
    const said =
      asked.kind === "station"
        ? `station ${asked.station}`
        : asked.kind === "site"
          ? `site ${asked.site}`
          : asked.reason;
    assert.equal(said, expected, path);
  }
});

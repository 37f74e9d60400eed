import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf, serverPlace } from "./database-place.ts";

const VERIFIED = "sslmode=verify-full";
for (const [given, shown] of [
  ["postgres://u:secret@localhost/w", "postgres://u@localhost/w"],
  ["postgresql://u:secret@127.0.0.1:5433/w", "postgresql://u@127.0.0.1:5433/w"],
  ["postgres://u@[::1]/w", "postgres://u@[::1]/w"],
  ["postgres://u@%2Frun%2Fpostgresql/w", "postgres://u@%2Frun%2Fpostgresql/w"],
  ["postgres://u:secret@/w?host=/run/postgresql", undefined],
  ["postgres://localhost/w?user=u&password=secret", "postgres://localhost/w?user=u"],
  ["postgres://u:secret@db.example/w", `postgres://u@db.example/w?${VERIFIED}`],
  ["postgres://u:secret@db.example/w?sslmode=disable", "postgres://u@db.example/w?sslmode=disable"],
  ["postgres://u:secret@db.example/w?sslmode=no-verify", undefined],
  ["postgres://u:secret@db.example/w?sslmode=prefer", undefined],
  ["postgres://u:secret@db.example/w?ssl=false", `postgres://u@db.example/w?ssl=false&${VERIFIED}`],
  ["postgres://u:secret@localhost/w?host=db.example", `postgres://u@localhost/w?host=db.example&${VERIFIED}`],
  ["postgres://u:secret@localhost", undefined],
  ["postgres://u:secret@localhost/a/b", undefined],
  ["mysql://u:secret@localhost/w", undefined],
  ["/var/lib/w.db", undefined],
] as const) {
  test(`database URL: ${given.replace("secret", "…")} is ${shown ?? "refused"}, its password never shown`, () => {
    const place = serverPlace(given);
    assert.equal(place.ok ? place.value.shown : undefined, shown);
    assert(!(place.ok ? place.value.shown : place.fault.sentence).includes("secret"));
  });
}

test("database: what is no URL is a file", () => {
  assert.deepEqual(placeOf(":memory:"), { kind: "file", path: ":memory:" });
  assert.throws(() => placeOf("postgres://nowhere"), /names no database/);
});

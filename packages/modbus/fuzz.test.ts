/** A sample of the fuzzing in both directions; `.ci/soak` runs a million frames. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { fuzzAnswers, fuzzRequests } from "./testing/fuzz.ts";

test("fuzz: masters that send anything; each whole request is answered once, nothing else is carried out", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { handled, refused, ended } = fuzzRequests(1_000, seededChance(seed));
    const reached = `seed ${seed}: ${handled} handled, ${refused} refused, ${ended} ended`;
    assert(handled > 100 && refused > 20 && ended > 20, reached);
  }
});

test("fuzz: devices that answer anything; only an answer is believed", async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { believed, disbelieved } = await fuzzAnswers(500, seededChance(seed));
    assert(believed > 200 && disbelieved > 100, `seed ${seed}: ${believed} believed, ${disbelieved} not`);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { natsPlace } from "./nats-place.ts";

type Read = { text: string; servers: string[]; tls: boolean; user?: string; password?: string };
const read: Read[] = [
  { text: "nats://127.0.0.1:4222", servers: ["127.0.0.1:4222"], tls: false },
  { text: "nats://localhost", servers: ["localhost:4222"], tls: false },
  { text: "nats://[::1]:4300", servers: ["[::1]:4300"], tls: false },
  { text: "tls://127.0.0.1:4222", servers: ["127.0.0.1:4222"], tls: true },
  { text: "nats://nats.example:4222", servers: ["nats.example:4222"], tls: true },
  { text: "nats://nats.example?tls=off", servers: ["nats.example:4222"], tls: false },
  { text: "nats://a.example:80,nats://b.example:443", servers: ["a.example:80", "b.example:443"], tls: true },
  {
    text: "nats://us%40er:pa%3Ass@localhost",
    servers: ["localhost:4222"],
    tls: false,
    user: "us@er",
    password: "pa:ss",
  },
];

for (const { text, ...expected } of read) {
  test(`nats place: ${text.replace(/:\/\/.*@/, "://…@")}`, () => {
    const place = natsPlace(text);
    assert(place.ok);
    const { shown, ...rest } = place.value;
    assert.deepEqual(rest, expected);
    assert(expected.password === undefined || !shown.includes(expected.password));
  });
}

const refused = [
  "",
  "localhost:4222",
  "http://localhost:4222",
  "nats://",
  "nats://host/path",
  "nats://host?tls=maybe",
  "nats://a,b",
  Array.from({ length: 17 }, () => "nats://localhost").join(","),
];
for (const text of refused) {
  test(`nats place: '${text.slice(0, 40)}' is refused with a sentence that does not repeat it`, () => {
    const place = natsPlace(text.replace("://", "://u:s3cret@"));
    assert(!place.ok && place.fault.sentence.length > 10);
    assert(!place.fault.sentence.includes("s3cret"));
  });
}

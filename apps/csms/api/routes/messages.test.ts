/** The message log over the API: newest first, in pages, by action, sender and time; to those who may read alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import type { LoggedMessage } from "../../core/port.ts";
import { Browser, openDesk } from "../testing/desk.ts";

const message = (station: string, action: string, sender: "station" | "csms" = "station"): LoggedMessage => ({
  station: station as StationId,
  receivedAtMs: 500,
  sender,
  route: "direct",
  version: "1.6",
  kind: "call",
  action,
  messageId: "m",
  trace: null,
  verdict: sender === "csms" ? "sent" : "valid",
  chars: 20,
  frame: `[2,"m","${action}",{}]`,
});

test("messages: of one station, newest first, in pages and by action, sender and time", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  for (const station of ["CP-1", "CP-2"]) await browser.post("stations", { station, route: "direct" });
  const write = (atMs: number, ...messages: LoggedMessage[]) =>
    desk.core.decide("messages.write", { messages, atMs });
  await write(1_000, message("CP-1", "BootNotification"), message("CP-2", "Heartbeat"));
  await write(2_000, message("CP-1", "Heartbeat"), message("CP-1", "Reset", "csms"));
  const list = async (query = "", station = "CP-1") => {
    const reply = await browser.ask({ url: `/api/v1/stations/${station}/messages${query}` });
    assert.equal(reply.statusCode, 200, reply.body);
    return reply.json().map(({ id, action }: { id: number; action: string }) => `${id} ${action}`);
  };
  assert.deepEqual(await list(), ["4 Reset", "3 Heartbeat", "1 BootNotification"]);
  assert.deepEqual(await list("?most=2"), ["4 Reset", "3 Heartbeat"]);
  assert.deepEqual(await list("?before=3"), ["1 BootNotification"]);
  assert.deepEqual(await list("?action=Heartbeat"), ["3 Heartbeat"]);
  assert.deepEqual(await list("?sender=csms"), ["4 Reset"]);
  assert.deepEqual(await list("?verdict=sent"), ["4 Reset"]);
  assert.deepEqual(await list("?text=boot"), ["1 BootNotification"]);
  assert.deepEqual(await list("?text=%25"), [], "a sign is taken as it stands");
  assert.deepEqual(await list("?since=1500"), ["4 Reset", "3 Heartbeat"]);
  assert.deepEqual(await list("", "CP-2"), ["2 Heartbeat"]);
  const [row] = (await browser.ask({ url: "/api/v1/stations/CP-1/messages?most=1" })).json();
  assert.deepEqual([row.frame, row.verdict, row.receivedAtMs], ['[2,"m","Reset",{}]', "sent", 500]);
});

test("messages: no station, a query that is none, nobody signed in", async (t) => {
  const desk = await openDesk(t);
  const stranger = await new Browser(desk).ask({ url: "/api/v1/stations/CP-1/messages" });
  assert.equal(stranger.statusCode, 401);
  const browser = new Browser(desk);
  await browser.join("Ada");
  const status = async (path: string) => (await browser.ask({ url: `/api/v1/stations/${path}` })).statusCode;
  assert.equal(await status("CP-9/messages"), 404);
  await browser.post("stations", { station: "CP-1", route: "direct" });
  for (const query of [
    "most=0",
    "most=100000",
    "before=0",
    "before=x",
    "sender=me",
    "verdict=so",
    "text=",
    "since=-1",
    "also=1",
  ]) {
    assert.equal(await status(`CP-1/messages?${query}`), 400, query);
  }
});

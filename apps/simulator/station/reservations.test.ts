/** Reservations by command, in each version: who may charge, what is told, when it is over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type EvseId, rfc3339 } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { card, one, other, someCar } from "../testing/bench.ts";
import { type Opened, opened, told } from "../testing/commanded.ts";

const two = 2 as EvseId;

/** Evse 0: any. */
function reserve(version: OcppVersion, b: Opened, evse: number, { id = 7, token = card.id, forS = 60 } = {}) {
  const until = rfc3339(b.station.clock.nowMs() + forS * 1_000);
  if (version === "1.6")
    return ["ReserveNow", { connectorId: evse, expiryDate: until, idTag: token, reservationId: id }] as const;
  const idToken = { idToken: token, type: "ISO14443" };
  return ["ReserveNow", { id, expiryDateTime: until, idToken, ...(evse > 0 && { evseId: evse }) }] as const;
}
const cancel = (id: number) => ["CancelReservation", { reservationId: id }] as const;

const updates = (b: Opened) =>
  b.csms
    .of("ReservationStatusUpdate")
    .map(({ payload }) => [payload.reservationId, payload.reservationUpdateStatus]);

async function tries(b: Opened, token: typeof card, evse = one): Promise<string> {
  b.station.plug(evse, someCar());
  await b.time.advance(1_000);
  return b.during(b.station.card(evse, token));
}

for (const version of ocppVersions) {
  test(`simulator: ReserveNow ${version}: the EVSE is its card's alone, and the reservation goes with the transaction`, async () => {
    const b = await opened(version);
    assert.equal(await b.status(reserve(version, b, 1)), "Accepted");
    await b.time.advance(1_000);
    assert.equal(told(b), "Reserved");
    assert.equal(await tries(b, other), "refused");
    assert.equal(await b.during(b.station.card(one, { ...card, id: card.id.toLowerCase() })), "started");
    await b.time.advance(2_000);
    const start = b.csms.heard.find(
      ({ action, payload }) => action === "StartTransaction" || payload.eventType === "Started",
    );
    assert.equal(start?.payload.reservationId, 7);
    assert.equal(await b.status(cancel(7)), "Rejected", "it was used");
    assert.deepEqual(updates(b), []);
  });

  test(`simulator: ReserveNow ${version}: a remote start for another card is Rejected`, async () => {
    const b = await opened(version);
    await b.status(reserve(version, b, 1));
    const start = (token: string) =>
      version === "1.6"
        ? (["RemoteStartTransaction", { idTag: token }] as const)
        : ([
            "RequestStartTransaction",
            { idToken: { idToken: token, type: "Central" }, remoteStartId: 1 },
          ] as const);
    assert.equal(await b.status(start(other.id)), "Rejected");
    assert.equal(await b.status(start(card.id)), "Accepted");
  });

  test(`simulator: ReserveNow ${version}: ${version === "1.6" ? "when its time is over the EVSE is free" : "when its time is over, Expired is told"}`, async () => {
    const b = await opened(version);
    await b.status(reserve(version, b, 1, { forS: 90 }));
    await b.time.advance(89_000);
    assert.equal(told(b), "Reserved");
    await b.time.advance(2_000);
    assert.equal(told(b), "Available");
    assert.deepEqual(updates(b), version === "1.6" ? [] : [[7, "Expired"]]);
    assert.equal(await tries(b, other), "started");
  });

  test(`simulator: ReserveNow ${version}: Occupied, Unavailable, Rejected, and the same id again`, async () => {
    const b = await opened(version, { evses: 2 });
    assert.equal(await b.status(reserve(version, b, 9)), "Rejected");
    assert.equal(await b.status(reserve(version, b, 1, { forS: -5 })), "Rejected");
    assert.equal(await b.status(reserve(version, b, 1)), "Accepted");
    assert.equal(await b.status(reserve(version, b, 1, { id: 8, token: other.id })), "Occupied");
    assert.equal(await b.status(reserve(version, b, 2)), "Accepted", "the same id moves it");
    assert.equal(await b.status(reserve(version, b, 1, { id: 8, token: other.id })), "Accepted");
    await b.status(cancel(8));
    const down =
      version === "1.6"
        ? ["ChangeAvailability", { connectorId: 1, type: "Inoperative" }]
        : ["ChangeAvailability", { evse: { id: 1 }, operationalStatus: "Inoperative" }];
    await b.status(down);
    assert.equal(await b.status(reserve(version, b, 1, { id: 8 })), "Unavailable");
  });

  test(`simulator: ReserveNow ${version}: of any EVSE holds the last free one back`, async () => {
    const b = await opened(version, { evses: 2 });
    assert.equal(await b.status(reserve(version, b, 0)), "Accepted");
    assert.equal(await tries(b, other, one), "started");
    assert.equal(await tries(b, other, two), "refused");
    assert.equal(await b.status(reserve(version, b, 0, { id: 8, token: other.id })), "Occupied");
    assert.equal(await b.during(b.station.card(two, card)), "started");
  });

  test(`simulator: ReserveNow ${version}: is kept through a power cut`, async () => {
    const b = await opened(version);
    await b.status(reserve(version, b, 1, { forS: 600 }));
    b.station.powerCut(1_000);
    await b.time.advance(20_000);
    assert.equal(told(b), "Reserved");
    assert.equal(await tries(b, other), "refused");
  });

  test(`simulator: CancelReservation ${version}: the EVSE is free again; of an unknown id Rejected`, async () => {
    const b = await opened(version);
    await b.status(reserve(version, b, 1));
    assert.equal(await b.status(cancel(8)), "Rejected");
    assert.equal(await b.status(cancel(7)), "Accepted");
    await b.time.advance(1_000);
    assert.equal(told(b), "Available");
    assert.equal(await tries(b, other), "started");
  });

  test(`simulator: ChangeAvailability ${version}: ends the reservation of the EVSE${version === "1.6" ? "" : ", and tells Removed"}`, async () => {
    const b = await opened(version);
    await b.status(reserve(version, b, 1));
    const change = (to: string) =>
      version === "1.6"
        ? ["ChangeAvailability", { connectorId: 1, type: to }]
        : ["ChangeAvailability", { evse: { id: 1 }, operationalStatus: to }];
    assert.equal(await b.status(change("Inoperative")), "Accepted");
    await b.time.advance(1_000);
    assert.equal(told(b), "Unavailable");
    assert.deepEqual(updates(b), version === "1.6" ? [] : [[7, "Removed"]]);
    assert.equal(await b.status(change("Operative")), "Accepted");
    assert.equal(await tries(b, other), "started");
  });
}

/** The local list, the cache and what the station does with them when nobody can be asked, by command in each version. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rfc3339 } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { card, one, other, someCar } from "../testing/bench.ts";
import { type Opened, opened } from "../testing/commanded.ts";

type Entry = { readonly token: string; readonly status?: string; readonly until?: string };

function list(
  version: OcppVersion,
  updateType: "Full" | "Differential",
  listed: number,
  entries: readonly Entry[],
) {
  if (version === "1.6") {
    const localAuthorizationList = entries.map(({ token, status, until }) => ({
      idTag: token,
      ...(status !== undefined && {
        idTagInfo: { status, ...(until !== undefined && { expiryDate: until }) },
      }),
    }));
    return ["SendLocalList", { listVersion: listed, updateType, localAuthorizationList }] as const;
  }
  const localAuthorizationList = entries.map(({ token, status, until }) => ({
    idToken: { idToken: token, type: "ISO14443" },
    ...(status !== undefined && {
      idTokenInfo: { status, ...(until !== undefined && { cacheExpiryDateTime: until }) },
    }),
  }));
  const some = entries.length > 0 ? { localAuthorizationList } : {};
  return ["SendLocalList", { versionNumber: listed, updateType, ...some }] as const;
}

async function versionOf(b: Opened): Promise<unknown> {
  const { listVersion, versionNumber } = await b.ask("GetLocalListVersion", {});
  return listVersion ?? versionNumber;
}

function setting(version: OcppVersion, key: string, component: string, variable: string, value: string) {
  if (version === "1.6") return ["ChangeConfiguration", { key, value }] as const;
  const data = { component: { name: component }, variable: { name: variable }, attributeValue: value };
  return ["SetVariables", { setVariableData: [data] }] as const;
}

/** What the reader says to a card while the station has no connection; the car is gone again afterwards. */
async function offline(b: Opened, token = card): Promise<string> {
  if (b.station.line.state === "up") b.station.line.takeDown();
  await b.time.advance(1_000);
  b.station.plug(one, someCar());
  const said = await b.during(b.station.card(one, token));
  b.station.unplug(one);
  await b.time.advance(1_000);
  return said;
}

for (const version of ocppVersions) {
  const strict = { settings: { offlineUnknown: false } };

  test(`simulator: SendLocalList ${version}: whole, then what has changed; the list decides offline, restarts included`, async () => {
    const b = await opened(version, strict);
    const send = (kind: "Full" | "Differential", listed: number, entries: readonly Entry[]) =>
      b.status(list(version, kind, listed, entries));
    assert.equal(
      await send("Full", 5, [
        { token: card.id.toLowerCase(), status: "Accepted" },
        { token: "X", status: "Accepted" },
      ]),
      "Accepted",
    );
    assert.equal(await versionOf(b), 5);
    assert.equal(await send("Differential", 5, [{ token: "X" }]), "VersionMismatch");
    assert.equal(await send("Differential", 4, [{ token: "X" }]), "VersionMismatch");
    assert.equal(
      await send("Differential", 6, [{ token: "X" }, { token: other.id, status: "Blocked" }]),
      "Accepted",
    );
    b.station.line.takeDown();
    b.station.powerCut(1_000);
    await b.time.advance(5_000);
    assert.equal(await offline(b), "started", "compared without case");
    assert.equal(await offline(b, other), "refused");
    assert.equal(await offline(b, { id: "X", type: "ISO14443" }), "refused", "taken out");
    b.station.line.restore();
    await b.time.advance(20_000);
    assert.equal(await versionOf(b), 6);
    assert.equal(await send("Full", 2, []), "Accepted");
    assert.equal(await offline(b), "refused", "an empty list has nobody");
  });

  test(`simulator: SendLocalList ${version}: all of it or nothing; an entry's time may be over`, async () => {
    const b = await opened(version, strict);
    const accepted = (token: string, until?: string): Entry => ({
      token,
      status: "Accepted",
      ...(until !== undefined && { until }),
    });
    const past = rfc3339(b.station.clock.nowMs() - 1_000);
    assert.equal(await b.status(list(version, "Full", 1, [accepted(card.id, past)])), "Accepted");
    assert.equal(await b.status(list(version, "Full", 2, [accepted("A"), accepted("a")])), "Failed");
    for (let i = 0; i < 5; i++) {
      const entries = Array.from({ length: 20 }, (_, n) => accepted(`T${i}-${n}`));
      const expected = i < 4 ? "Accepted" : "Failed";
      assert.equal(await b.status(list(version, "Differential", 3 + i, entries)), expected, `message ${i}`);
    }
    assert.equal(await versionOf(b), 6);
    assert.equal(await offline(b), "refused", "its time is over");
    assert.equal(
      await offline(b, { id: "T4-0", type: "ISO14443" }),
      "refused",
      "of the failed one nothing was taken",
    );
    assert.equal(await offline(b, { id: "T3-0", type: "ISO14443" }), "started");
  });

  test(`simulator: SendLocalList ${version}: too many entries in one message are an OccurrenceConstraintViolation, or the end of the connection`, async () => {
    const entries = Array.from({ length: 21 }, (_, n) => ({ token: `T${n}`, status: "Accepted" }));
    const b = await opened(version);
    const [type, , code] = await b.command(list(version, "Full", 1, entries));
    const spelled = version === "1.6" ? "OccurenceConstraintViolation" : "OccurrenceConstraintViolation";
    assert.deepEqual([type, code], [4, spelled]);
    assert.equal(await versionOf(b), 0);

    const brittle = await opened(version, { overloaded: "close" });
    const [action, payload] = list(version, "Full", 1, entries);
    void brittle.csms.command("S1", action, payload);
    await brittle.time.advance(20_000);
    assert.equal(brittle.station.notebook.connections, 2);
  });

  test(`simulator: GetLocalListVersion ${version}: without a list ${version === "1.6" ? "-1" : "0"}, with an empty one 0`, async () => {
    const b = await opened(version);
    assert.equal(await versionOf(b), 0);
    await b.command(setting(version, "LocalAuthListEnabled", "LocalAuthListCtrlr", "Enabled", "false"));
    assert.equal(await versionOf(b), version === "1.6" ? -1 : 0);
    const refused = version === "1.6" ? "NotSupported" : "Failed";
    assert.equal(await b.status(list(version, "Full", 1, [{ token: "A", status: "Accepted" }])), refused);
  });

  test(`simulator: ClearCache ${version}: what was answered before is forgotten, the list is not`, async () => {
    const b = await opened(version, strict);
    await b.status(list(version, "Full", 1, [{ token: other.id, status: "Accepted" }]));
    await b.session(5_000);
    assert.equal(await offline(b), "started", "remembered");
    b.station.line.restore();
    await b.time.advance(20_000);
    assert.equal(await b.status(["ClearCache", {}]), "Accepted");
    assert.equal(await offline(b), "refused");
    assert.equal(await offline(b, other), "started");
    b.station.line.restore();
    await b.time.advance(20_000);
    await b.command(setting(version, "AuthorizationCacheEnabled", "AuthCacheCtrlr", "Enabled", "false"));
    assert.equal(await b.status(["ClearCache", {}]), "Rejected");
  });

  test(`simulator: LocalPreAuthorize ${version}: a known card starts without being asked about, an unknown one is`, async () => {
    const b = await opened(version);
    await b.command(setting(version, "LocalPreAuthorize", "AuthCtrlr", "LocalPreAuthorize", "true"));
    await b.status(list(version, "Full", 1, [{ token: card.id, status: "Accepted" }]));
    await b.charge();
    assert.equal(b.csms.of("Authorize").length, 0);
    await b.during(b.station.card(one, card));
    b.station.unplug(one);
    b.station.plug(one, someCar());
    await b.time.advance(1_000);
    await b.during(b.station.card(one, other));
    assert.equal(b.csms.of("Authorize").length, 1);
  });
}

for (const version of ["2.0.1", "2.1"] as const) {
  test(`simulator: CustomerInformation ${version}: tells what it knows of one card, and forgets it`, async () => {
    const b = await opened(version, { settings: { offlineUnknown: false } });
    await b.session(5_000);
    const idToken = { idToken: card.id, type: "ISO14443" };
    const ask = async (more: object) => {
      const status = await b.status([
        "CustomerInformation",
        { requestId: 3, report: true, clear: false, ...more },
      ]);
      await b.time.advance(1_000);
      return [status, b.csms.of("NotifyCustomerInformation").at(-1)?.payload.data];
    };
    assert.deepEqual(await ask({}), ["Invalid", undefined]);
    assert.deepEqual(await ask({ idToken, customerIdentifier: "also" }), ["Invalid", undefined]);
    assert.deepEqual(await ask({ idToken, report: false }), ["Invalid", undefined]);
    assert.deepEqual(await ask({ idToken, clear: true }), ["Accepted", `card ${card.id}: accepted`]);
    assert.deepEqual(await ask({ idToken }), ["Accepted", ""]);
    assert.equal(await offline(b), "refused");
  });
}

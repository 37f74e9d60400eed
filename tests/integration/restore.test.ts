/**
 * A central system that is lost and comes back out of a backup: real processes, a site that charged on meanwhile, and
 * the one promise that money hangs on: no transaction id is ever given twice.
 */
import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backup } from "../../apps/csms/cli/backup.ts";
import { restore } from "../../apps/csms/cli/restore.ts";
import { boot, Session } from "./rig/charging.ts";
import {
  apiToken,
  type Csms,
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  linked,
  type Server,
  siteOn,
  stationIdentity,
} from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { rows, seen, transactionsOf } from "./rig/stored.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const out = workplace("restore");
const data = join(out, "csms");
const file = join(out, "csms.backup");

const context = () => {
  const said: string[] = [];
  const env = { WATTWARD_BACKUP_PASSPHRASE: "correct-horse-Zq7-battery" };
  return { said, out: (text: string) => void said.push(text), err: () => {}, env };
};

async function connect(to: Server, id: string): Promise<Station> {
  const station = await Station.connect(to, { id, version: "1.6", identity: stationIdentity(out, id) });
  await station.tell(boot("1.6"));
  return station;
}

async function started(station: Station, session: Session): Promise<number> {
  const { transactionId } = await station.tell(session.start());
  return Number(transactionId);
}

async function requestReset(csms: Csms, station: string): Promise<void> {
  const answer = await fetch(`http://localhost:${csms.httpPort}/api/v1/stations/${station}/commands`, {
    method: "POST",
    headers: { authorization: `Bearer ${await apiToken(out)}`, "content-type": "application/json" },
    body: JSON.stringify({ action: "Reset", payload: { type: "Soft" }, reason: "a test" }),
  });
  assert.equal(answer.status, 202, await answer.text());
}

async function kill({ program }: Csms): Promise<void> {
  process.kill(program.pid, "SIGKILL");
  await program.exited;
}

test("restore: the site goes on, brings what the backup lacks, and no transaction id is given twice", {
  timeout: 180_000,
}, async () => {
  const ids: number[] = [];
  const first = await csmsOn(out);
  await enrolStations(out, ["SITE-16"], "north");
  await enrolStations(out, ["DIRECT-16"]);
  await enrolCard(out);
  await enrolSite(out, "north");
  const site = await siteOn(out, "north", { csmsPort: first.port });
  await linked(site, 1);

  const atSite = await connect(site, "SITE-16");
  const ended = new Session("1.6", "1", 1_000);
  const one = await started(atSite, ended);
  await atSite.tell(ended.sample(one));
  await atSite.tell(ended.stop(one));
  const open = new Session("1.6", "2", 5_000);
  const two = await started(atSite, open);
  const direct = await connect(first, "DIRECT-16");
  const three = await started(direct, new Session("1.6", "3", 9_000));
  ids.push(one, two, three);
  direct.leave();
  await direct.closed;
  await requestReset(first, "DIRECT-16");

  const making = context();
  await backup(["--data", data, "--out", file], making);
  assert.match(making.said.join(""), /\(3 transactions\) out of sqlite/);

  // What the backup does not know of: an end, two starts, and a command that was sent and done.
  await atSite.tell(open.sample(two));
  await atSite.tell(open.stop(two));
  const after = new Session("1.6", "4", 7_000);
  const four = await started(atSite, after);
  const again = await connect(first, "DIRECT-16");
  const reset = await eventually("the command came", () => again.commands[0]);
  again.reply(reset, { status: "Accepted" });
  const five = await started(again, new Session("1.6", "5", 20_000));
  ids.push(four, five);
  await eventually(
    "the command had ended",
    () => rows(out, "SELECT 1 FROM commands WHERE state = 'accepted'").length === 1,
  );

  await kill(first);
  renameSync(data, join(out, "lost"));
  // The site charges on, for itself.
  const alone = new Session("1.6", "6", 30_000);
  await atSite.tell(after.stop(four));
  const six = await started(atSite, alone);
  ids.push(six);

  const restoring = context();
  await restore(["--data", data, "--in", file], restoring);
  assert.match(restoring.said.join(""), /1 commands that were open have ended as unknown/);
  const bundlesBefore = site.said().split('"bundle-in-force"').length;
  const second = await csmsOn(out, { port: first.port });
  await eventually(
    "the site lived on the restored one's bundle",
    () => site.said().split('"bundle-in-force"').length > bundlesBefore,
  );
  await eventually(
    "the site had brought what it still held",
    () => rows(out, "SELECT 1 FROM transactions WHERE wire_id = ?", String(six)).length === 1,
  );

  await atSite.tell(alone.stop(six));
  const seven = await started(atSite, new Session("1.6", "7", 40_000));
  const back = await connect(second, "DIRECT-16");
  const eight = await started(back, new Session("1.6", "8", 50_000));
  ids.push(seven, eight);
  assert.equal(new Set(ids).size, ids.length, `${ids}`);

  const stored = transactionsOf(out, "SITE-16").map(({ wireId, state, energyWh }) => [
    Number(wireId),
    state,
    energyWh,
  ]);
  assert.deepEqual(stored.slice(0, 4), [
    [one, "ended", 200],
    [two, "ended", 200],
    [four, "ended", 100],
    [six, "ended", 100],
  ]);
  assert.deepEqual(
    rows(out, "SELECT state, outcome FROM commands").map(({ state }) => state),
    ["unknown"],
  );
  await back.result("Heartbeat", {});
  assert.deepEqual(back.commands, [], "a command that may have been done is not sent again");
  assert.equal(rows(out, "SELECT 1 FROM outbox WHERE kind = 'csms.restored'").length, 1);
  assert.deepEqual(
    seen(out).filter(({ what }) => what === "site.journal-gap"),
    [],
    "the site had kept it all",
  );

  // And the one that was lost must not come back: sites have spoken with a later epoch.
  await kill(second);
  renameSync(data, join(out, "restored"));
  renameSync(join(out, "lost"), data);
  await csmsOn(out, { port: first.port });
  await eventually("the site refused the old one", () => site.said().includes("older than one seen before"));
  assert.equal(rows(out, "SELECT 1 FROM transactions WHERE wire_id = ?", String(seven)).length, 0);
});

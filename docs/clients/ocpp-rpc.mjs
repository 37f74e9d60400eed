#!/usr/bin/env node
/**
 * A station that none of us wrote, for docs/connect-a-station.md: the public client `ocpp-rpc`, driven through one charging
 * session in each version. Plain JavaScript for any Node from 20 on; the client is installed by `npm ci`.
 *
 *     node docs/clients/ocpp-rpc.mjs URL ID VERSION[,VERSION…] --card TOKEN
 *         --ca FILE                  whom to trust: every wss:// needs it
 *         --cert FILE --key FILE     security profile 3
 *         --password DIGITS          security profiles 2 and 1
 *         --clock TIME               what its own clock says (the machine's time)
 *
 * Prints a line for each answer. Exit code 0: a car was charged; 1: not connected, or not let charge, and why; 2: usage.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { RPCClient } from "ocpp-rpc";

const text = { type: "string" };
const options = { ca: text, cert: text, key: text, password: text, card: text, clock: text };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [endpoint, identity, versions] = positionals;
if (versions === undefined || values.card === undefined) {
  process.stderr.write("ocpp-rpc.mjs URL ID VERSION --card TOKEN: its head says more\n");
  process.exit(2);
}
const METER_WH = 10_000;
const CHARGED_WH = 300;
const { ca, cert, key, password, card } = values;
const pem = (file) => (file === undefined ? {} : readFileSync(file, "utf8"));
const startedAtMs = Date.now();
const clockMs = values.clock === undefined ? startedAtMs : Date.parse(values.clock);
const now = () => new Date(clockMs + Date.now() - startedAtMs).toISOString();

/** A 1.6 station sends the bytes of its key, one of 2.x its digits. */
const shown = (digits, version) => (version === "1.6" ? Buffer.from(digits, "hex") : digits);

const clientFor = (version) =>
  new RPCClient({
    endpoint,
    identity,
    protocols: [`ocpp${version}`],
    reconnect: false,
    ...(password !== undefined && { password: shown(password, version) }),
    wsOpts: {
      ...(ca !== undefined && { ca: pem(ca) }),
      ...(cert !== undefined && { cert: pem(cert), key: pem(key) }),
    },
  });

function giveUp(why) {
  process.stdout.write(`${why}\n`);
  process.exit(1);
}

/** Sends it, and shows the part of the answer that matters. */
async function say(client, action, payload, pick) {
  const answer = await client.call(action, payload).catch((error) => giveUp(`${action}: ${error.message}`));
  const told = pick(answer) ?? "taken";
  process.stdout.write(`${action}: ${told}\n`);
  return told;
}

async function session16(tell) {
  const at = { connectorId: 1 };
  const judged = ({ idTagInfo }) => idTagInfo.status;
  await tell("StatusNotification", { ...at, errorCode: "NoError", status: "Available" }, () => {});
  if ((await tell("Authorize", { idTag: card }, judged)) !== "Accepted") return false;
  const begun = { ...at, idTag: card, meterStart: METER_WH, timestamp: now() };
  const transactionId = await tell("StartTransaction", begun, (answer) => answer.transactionId);
  const ended = { transactionId, idTag: card, meterStop: METER_WH + CHARGED_WH, timestamp: now() };
  await tell("StopTransaction", ended, () => {});
  return true;
}

async function session2x(tell) {
  const evse = { id: 1, connectorId: 1 };
  const idToken = { idToken: card, type: "ISO14443" };
  const judged = ({ idTokenInfo }) => idTokenInfo?.status;
  const status = { timestamp: now(), connectorStatus: "Available", evseId: 1, connectorId: 1 };
  await tell("StatusNotification", status, () => {});
  if ((await tell("Authorize", { idToken }, judged)) !== "Accepted") return false;
  const transactionId = `${identity}-${startedAtMs}`;
  const event = (eventType, seqNo, wh, more) => ({
    ...{ eventType, seqNo, evse, timestamp: now() },
    meterValue: [{ timestamp: now(), sampledValue: [{ value: METER_WH + wh }] }],
    ...more,
  });
  const began = { triggerReason: "Authorized", idToken, transactionInfo: { transactionId } };
  const over = {
    triggerReason: "StopAuthorized",
    transactionInfo: { transactionId, stoppedReason: "Local" },
  };
  await tell("TransactionEvent", event("Started", 0, 0, began), judged);
  await tell("TransactionEvent", event("Ended", 1, CHARGED_WH, over), () => {});
  return true;
}

const boot16 = { chargePointVendor: "Anybody", chargePointModel: "Any" };
const boot2x = { reason: "PowerUp", chargingStation: { vendorName: "Anybody", model: "Any" } };

for (const version of versions.split(",")) {
  const client = clientFor(version);
  const tell = (action, payload, pick) => say(client, action, payload, pick);
  await client.connect().catch((error) => giveUp(`not connected: ${error.message}`));
  process.stdout.write(`connected: ${client.protocol}\n`);
  const old = version === "1.6";
  const booted = await tell("BootNotification", old ? boot16 : boot2x, ({ status }) => status);
  if (booted !== "Accepted") giveUp(`no session: the central system said ${booted}`);
  if (!(await (old ? session16 : session2x)(tell))) giveUp("no session: the card was not accepted");
  await client.close();
  process.stdout.write(`charged: ${CHARGED_WH} Wh\n`);
}

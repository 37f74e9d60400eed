/**
 * An operator at his desk, who commands a station now and then: through the one door, as the API does, while links are
 * cut and processes die. Whatever becomes of a command, it ends, and no station hears it twice.
 */
import type { Chance, JsonObject, StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { cardOf, type Whole } from "./whole.ts";

/** How long a command waits for its station. */
export const COMMAND_EXPIRY_MS = 10 * 60_000;

type Command = { readonly action: string; readonly payload: JsonObject };

const one = <T>(items: readonly T[], chance: Chance): T => items[chance.int(0, items.length - 1)]!;

function someCommand(version: OcppVersion, chance: Chance, openId: string | undefined): Command {
  const card = cardOf(chance.int(0, 2));
  const stop = openId === undefined ? [] : [stopOf(version, openId)];
  if (version === "1.6") {
    const requestedMessage = one(
      ["BootNotification", "Heartbeat", "MeterValues", "StatusNotification"],
      chance,
    );
    return one<Command>(
      [
        { action: "Reset", payload: { type: one(["Soft", "Hard"], chance) } },
        { action: "TriggerMessage", payload: { requestedMessage } },
        { action: "RemoteStartTransaction", payload: { idTag: card, connectorId: 1 } },
        ...stop,
      ],
      chance,
    );
  }
  const requestedMessage = one(["BootNotification", "Heartbeat", "MeterValues", "TransactionEvent"], chance);
  const idToken = { idToken: card, type: "ISO14443" };
  return one<Command>(
    [
      { action: "Reset", payload: { type: one(["Immediate", "OnIdle"], chance) } },
      { action: "TriggerMessage", payload: { requestedMessage } },
      {
        action: "RequestStartTransaction",
        payload: { idToken, remoteStartId: chance.int(1, 1_000), evseId: 1 },
      },
      ...stop,
    ],
    chance,
  );
}

const stopOf = (version: OcppVersion, id: string): Command =>
  version === "1.6"
    ? { action: "RemoteStopTransaction", payload: { transactionId: Number(id) } }
    : { action: "RequestStopTransaction", payload: { transactionId: id } };

/** Commands a station, whichever it is; without a CSMS there is no desk to sit at. */
export async function command(whole: Whole, chance: Chance): Promise<void> {
  if (whole.csms.process === undefined) return;
  const { id, version } = one(whole.people.stations, chance).options;
  const station = id as StationId;
  const { desk } = whole.csms;
  const [open] = await desk.query("transactions.list", { station, openOnly: true, most: 1 });
  const atMs = whole.time.now().wallMs;
  const about = {
    actor: "simulation",
    reason: "to see what happens",
    atMs,
    expiresAtMs: atMs + COMMAND_EXPIRY_MS,
  };
  await desk.decide("command.request", { station, ...someCommand(version, chance, open?.wireId), ...about });
}

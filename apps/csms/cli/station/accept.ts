/** `station accept ID…`: a station that came by itself with a certificate of ours is let in as what it says it is. */
import { stationId } from "@wattward/kernel";
import { actorOf } from "../actor.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  tell,
  UsageError,
} from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { placeOf } from "./place.ts";

export async function acceptStation(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, { data: { type: "string" }, ...jsonOption });
  if (positionals.length === 0) throw new UsageError("ID is missing");
  await withDataCore(dataFolder(values.data, context.env), async ({ core, clock }) => {
    const accepted: { station: string; serial: string; known: boolean }[] = [];
    for (const text of positionals) {
      const station = stationId(text);
      if (!station.ok) throw new CommandError(station.fault.sentence);
      const row = await core.query("station.get", { station: station.value });
      if (row === undefined) {
        const sentence = `station ${text} has never come, with a certificate of ours: 'station add ${text}' lets it`;
        throw new CommandError(sentence);
      }
      if (row.admission === "accepted") {
        accepted.push({ station: text, serial: row.serial, known: true });
        continue;
      }
      await core.decide("station.add", {
        station: station.value,
        serial: row.serial,
        ...placeOf(row),
        actor: actorOf(context.env),
        atMs: clock.now().wallMs,
      });
      accepted.push({ station: text, serial: row.serial, known: false });
    }
    const lines = accepted.map(
      ({ station, serial, known }) =>
        `${station}: ${known ? "accepted already" : `accepted; certificate CN ${serial}`}\n`,
    );
    tell(context, values.json, accepted, lines.join(""));
  });
}

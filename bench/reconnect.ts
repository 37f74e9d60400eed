/**
 * `bench reconnect`: every station dropped at once, and back at once: how long until the last is answered again, against
 * the time that the TLS handshakes alone take.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Options } from "./gateway.ts";
import { Plant, round, type Say } from "./plant.ts";

const AT_ONCE = 32;
/** The server has seen the end of every socket. */
const GONE_MS = 3_000;

export async function reconnect({ stations, profiles }: Pick<Options, "stations" | "profiles">, say: Say) {
  const plant = new Plant(profiles);
  try {
    say("starting the central system and a bare TLS server");
    const csms = await plant.csms();
    const bare = await plant.yardstick("handshake");
    say(`enrolling ${stations} stations`);
    const enrolled = await plant.enrol(stations);
    const load = await plant.load(enrolled);
    say("handshakes alone");
    const handshakes = await load({ do: "handshake", target: bare.target });
    say("connecting and booting");
    await load({ do: "connect", target: csms.target, atOnce: AT_ONCE });
    say("dropping all at once");
    await load({ do: "drop" });
    await wait(GONE_MS);
    const back = await load({ do: "reconnect", target: csms.target });
    return {
      stations,
      seconds: round(back.seconds),
      handshakeSeconds: round(handshakes.seconds),
      ratio: round(back.seconds / handshakes.seconds),
      unanswered: stations - back.messages,
    };
  } finally {
    await plant.close();
  }
}

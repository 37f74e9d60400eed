/**
 * `bench reconnect`: every station dropped at once, and back at once: how long until the last is answered again, against
 * the time that the TLS handshakes alone take. Then the same with sites, each with stations behind its link.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Options } from "./gateway.ts";
import type { Enrolled } from "./load/fleet.ts";
import type { Target } from "./load/socket.ts";
import { Plant, round, type Say } from "./plant.ts";

const AT_ONCE = 32;
/** The server has seen the end of every socket. */
const GONE_MS = 3_000;
const SITES = 200;
const STATIONS_PER_SITE = 10;

export async function reconnect({ stations, profiles }: Pick<Options, "stations" | "profiles">, say: Say) {
  const plant = new Plant(profiles);
  try {
    say("starting the central system and a bare TLS server");
    const csms = await plant.csms();
    const bare = await plant.yardstick("handshake");
    const back = async (who: string, path: string, enrolled: { ca: string; stations: Enrolled[] }) => {
      say(`${who}: handshakes alone, connecting, dropping all at once`);
      return comeBack(plant, enrolled, { csms: { ...csms.target, path }, bare: bare.target });
    };
    say(`enrolling ${stations} stations`);
    const direct = await back(`${stations} stations`, csms.target.path, await plant.enrol(stations));
    say(`enrolling ${SITES} sites with ${STATIONS_PER_SITE} stations each`);
    const enrolled = await plant.enrolSites(SITES, STATIONS_PER_SITE);
    const linked = await back(`${SITES} sites`, "/site/", enrolled);
    const all = SITES * STATIONS_PER_SITE;
    return {
      stations,
      ...direct.figures,
      unanswered: stations - direct.answered,
      sites: {
        ...{ sites: SITES, stationsPerSite: STATIONS_PER_SITE },
        ...{ ...linked.figures, unanswered: all - linked.answered },
      },
    };
  } finally {
    await plant.close();
  }
}

type Targets = { readonly csms: Target; readonly bare: Target };

async function comeBack(
  plant: Plant,
  enrolled: { ca: string; stations: Enrolled[] },
  { csms, bare }: Targets,
) {
  const load = await plant.load(enrolled);
  const handshakes = await load({ do: "handshake", target: bare });
  await load({ do: "connect", target: csms, atOnce: AT_ONCE });
  await load({ do: "drop" });
  await wait(GONE_MS);
  const back = await load({ do: "reconnect", target: csms });
  await load({ do: "drop" });
  const figures = {
    seconds: round(back.seconds),
    handshakeSeconds: round(handshakes.seconds),
    ratio: round(back.seconds / handshakes.seconds),
  };
  return { answered: back.messages, figures };
}

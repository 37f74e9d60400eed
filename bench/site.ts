/**
 * `bench site`: 200 stations over mutual TLS against a site controller (local controller, journal, site link, central
 * system), and against a bare `ws` echo of the same frames, in turn, in one run.
 */
import { join } from "node:path";
import { command } from "@wattward/demo/programs";
import { compare, connectBoth, type Options, UNTHROTTLED } from "./gateway.ts";
import { Plant, type Say } from "./plant.ts";

const SITE = "bench";

export async function site(options: Options, say: Say) {
  const plant = new Plant(options.profiles);
  try {
    say("starting the central system, a site controller and the echo");
    const csms = await plant.csms(["--site-messages-per-second", "1000000"]);
    const echo = await plant.yardstick("echo");
    say(`enrolling ${options.stations} stations`);
    const enrolled = await plant.enrol(options.stations, SITE);
    const issue = ["issue", "site", SITE, "--out", join(plant.folder, "site"), "--data", plant.data];
    await command("apps/csms/cli/pki.ts", issue);
    const controller = await plant.site(SITE, csms.port, UNTHROTTLED);
    const ours = await plant.load(enrolled);
    const theirs = await plant.load(enrolled);
    const both = {
      ours: {
        order: ours,
        target: controller.target,
        processes: { site: controller.pid, csms: csms.program.pid },
      },
      theirs: { order: theirs, target: echo.target, processes: { echo: echo.pid } },
    };
    await connectBoth(both, say);
    return {
      heartbeats: await compare("heartbeats", both, options, say),
      transactions: await compare("transactions", both, options, say),
    };
  } finally {
    await plant.close();
  }
}

/**
 * The console against the fake CSMS, to look at: `node apps/console/testing/main.ts [SCENARIO] [PORT]`. Already signed
 * in after pressing the button with any passkey; meters move every few seconds.
 */
import { serveFake } from "./adapters/http.ts";
import { FakeCsms } from "./fake-csms.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { FakeWorld } from "./world.ts";

const [name = "busy", port = "8099"] = process.argv.slice(2);
if (!(name in scenarios)) {
  process.stderr.write(`No scenario ${name}. There are: ${Object.keys(scenarios).join(", ")}\n`);
  process.exit(2);
}
const world = new FakeWorld(() => Date.now());
scenarios[name as Scenario](world);
const csms = new FakeCsms(world);
const server = await serveFake(csms, Number(port));
process.stdout.write(`${server.url}/join#${csms.invitation}\n`);

setInterval(() => {
  for (const session of world.sessions.values()) {
    if (session.state !== "open" || session.powerW === null || session.powerW === 0) continue;
    if (world.stations.get(session.station)?.connected !== true) continue;
    const powerW = Math.round(session.powerW * (0.97 + Math.random() * 0.06));
    world.meter(session, powerW, (session.energyWh ?? 0) + Math.round(powerW / 900));
  }
}, 4_000);

const NOISE = 0.04;
setInterval(() => {
  for (const energy of world.energies.values()) {
    const { flows } = energy.live()?.snapshot ?? {};
    if (flows === undefined) continue;
    const about = (w: number | undefined) =>
      w === undefined ? undefined : Math.round(w * (1 + NOISE * (Math.random() - 0.5)));
    const [carsW, solarW] = [about(flows.carsW), about(flows.solarW)];
    energy.snapshot = {
      ...energy.snapshot,
      flows: { ...flows, ...(carsW !== undefined && { carsW }), ...(solarW !== undefined && { solarW }) },
    };
    energy.tell();
  }
}, 1_000);

/**
 * The energy controller's own process, started by the supervisor and ended with it (supervisor/child-main.ts). Its death is a change of
 * mode (ADR 16): stations go on under the local controller, batteries fall back by themselves. So at any fault of its own it ends, loudly,
 * and a fresh one begins; a kill at any moment costs a few seconds of the quarter under way.
 */
import { readSiteTrust } from "@wattward/pki/files";
import { energyPorts } from "../adapters/energy-controller.ts";
import { runChild, tell } from "../supervisor/child-main.ts";
import { createEnergyController } from "./energy-controller.ts";

runChild({
  name: "energy-controller",
  called: "energy controller",
  async start(settings, log) {
    // Loaded: from here on its silence counts.
    tell({ kind: "beat" });
    const trust = await readSiteTrust(settings.dataFolder);
    // What ends here was said in the log by whoever ends it; the supervisor starts it anew.
    const fatal = () => process.exit(1);
    const controller = await createEnergyController(await energyPorts(settings, { ...trust, log, fatal }));
    return { port: 0, close: () => controller.close() };
  },
});

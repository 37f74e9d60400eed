/**
 * The Modbus guard's own process, started by the supervisor and ended with it (supervisor/child-main.ts). A kill at any moment is a dead
 * connection for masters and devices, and never an open one: the next start reads the same signed bundle, and of motions what this one
 * left (memory.ts); what it could not leave makes the next one stricter.
 */
import { readSiteTrust } from "@wattward/pki/files";
import { guardPorts } from "../adapters/modbus-guard.ts";
import { runChild, tell } from "../supervisor/child-main.ts";
import { parseHandedOn } from "../supervisor/protocol.ts";
import { createGuard } from "./guard.ts";

runChild({
  name: "modbus-guard",
  called: "Modbus guard",
  async start(settings, log) {
    // Loaded: from here on its silence counts.
    tell({ kind: "beat" });
    const { site, rootPem } = await readSiteTrust(settings.dataFolder);
    const ports = await guardPorts(settings, {
      ...{ site, rootPem, log },
      observe: (what, detail) => tell({ kind: "observed", what, detail }),
    });
    process.on("message", (value) => {
      const message = parseHandedOn(value);
      if (message?.kind === "wall") ports.clock.tell(message.wallMs);
    });
    const guard = await createGuard(ports);
    return { port: 0, close: () => guard.close() };
  },
});

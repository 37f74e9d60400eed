/**
 * The energy controller's own process, started by the supervisor with one argument (JSON of the local controller's Orders) and ended with
 * it. Its death is a change of mode (ADR 16): stations go on under the local controller, batteries fall back by themselves. So at
 * any fault of its own it ends, loudly, and a fresh one begins; a kill at any moment costs a few seconds of the quarter under way.
 */
import { join } from "node:path";
import { jsonLog } from "@wattward/kernel/node";
import { PkiError } from "@wattward/pki";
import { readSiteTrust } from "@wattward/pki/files";
import { energyPorts } from "../adapters/energy-controller.ts";
import { lockFile } from "../adapters/lock.ts";
import type { Orders } from "../local-controller/main.ts";
import { BEAT_EVERY_MS, type ChildMessage, EXIT_CANNOT_RUN } from "../supervisor/protocol.ts";
import { createEnergyController } from "./energy-controller.ts";

/** How long a predecessor whose supervisor was killed may take to go. */
const PREDECESSOR_MS_MAX = 5_000;

const tell = (message: ChildMessage) => process.send?.(message, undefined, undefined, () => {});

async function main(): Promise<void> {
  // Only the supervisor starts this program, and writes this argument.
  const { settings, logLevel } = JSON.parse(process.argv[2] ?? "{}") as Orders;
  const log = jsonLog((line) => process.stderr.write(line), logLevel).with({ part: "energy-controller" });
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => {});
  setInterval(() => tell({ kind: "beat" }), BEAT_EVERY_MS);
  tell({ kind: "beat" });

  const lock = lockFile(join(settings.dataFolder, "state", "energy-controller.lock"), PREDECESSOR_MS_MAX);
  if (lock === undefined) {
    log.error("predecessor-still-runs", {
      say: "another energy controller uses this data folder; trying again",
    });
    process.exit(1);
  }
  const trust = await readSiteTrust(settings.dataFolder);
  // What ends here was said in the log by whoever ends it; the supervisor starts it anew.
  const fatal = () => process.exit(1);
  const controller = await createEnergyController(await energyPorts(settings, { ...trust, log, fatal }));
  let closing = false;
  process.on("SIGTERM", () => {
    if (closing) return;
    closing = true;
    void controller.close().then(() => process.exit(0));
  });
  tell({ kind: "listening", port: 0 });
}

main().catch((error: unknown) => {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: "error", event: "energy-controller-failed", say: sentence })}\n`,
  );
  if (!(error instanceof PkiError)) process.exit(1);
  // Told first: the exit closes the channel.
  if (process.send === undefined) process.exit(EXIT_CANNOT_RUN);
  process.send({ kind: "cannot-run", sentence } satisfies ChildMessage, () => process.exit(EXIT_CANNOT_RUN));
});

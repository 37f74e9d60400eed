/**
 * The Modbus guard's own process, started by the supervisor with one argument (JSON of the local controller's Orders) and ended with it.
 * A kill at any moment is a dead connection for masters and devices, and never an open one: the next start reads the same signed
 * bundle, and of motions what this one left (memory.ts); what it could not leave makes the next one stricter.
 */
import { join } from "node:path";
import { jsonLog } from "@wattward/kernel/node";
import { PkiError } from "@wattward/pki";
import { readSiteTrust } from "@wattward/pki/files";
import { lockFile } from "../adapters/lock.ts";
import { guardPorts } from "../adapters/modbus-guard.ts";
import type { Orders } from "../local-controller/main.ts";
import { BEAT_EVERY_MS, type ChildMessage, EXIT_CANNOT_RUN, parseHandedOn } from "../supervisor/protocol.ts";
import { createGuard } from "./guard.ts";

/** How long a predecessor whose supervisor was killed may take to go. */
const PREDECESSOR_MS_MAX = 5_000;

const tell = (message: ChildMessage) => process.send?.(message, undefined, undefined, () => {});

async function main(): Promise<void> {
  // Only the supervisor starts this program, and writes this argument.
  const { settings, logLevel } = JSON.parse(process.argv[2] ?? "{}") as Orders;
  const log = jsonLog((line) => process.stderr.write(line), logLevel).with({ part: "modbus-guard" });
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => {});
  setInterval(() => tell({ kind: "beat" }), BEAT_EVERY_MS);
  tell({ kind: "beat" });

  const lock = lockFile(join(settings.dataFolder, "state", "modbus-guard.lock"), PREDECESSOR_MS_MAX);
  if (lock === undefined) {
    log.error("predecessor-still-runs", { say: "another Modbus guard uses this data folder; trying again" });
    process.exit(1);
  }
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
  let closing = false;
  process.on("SIGTERM", () => {
    if (closing) return;
    closing = true;
    void guard.close().then(() => process.exit(0));
  });
  tell({ kind: "listening", port: 0 });
}

main().catch((error: unknown) => {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: "error", event: "modbus-guard-failed", say: sentence })}\n`,
  );
  if (!(error instanceof PkiError)) process.exit(1);
  // Told first: the exit closes the channel.
  if (process.send === undefined) process.exit(EXIT_CANNOT_RUN);
  process.send({ kind: "cannot-run", sentence } satisfies ChildMessage, () => process.exit(EXIT_CANNOT_RUN));
});

/** The guard's socket: as many connections as a site may have devices, for the energy controller has one to each. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { DEVICES_MAX } from "@wattward/guard";
import { type SiteId, silentLog } from "@wattward/kernel";
import { dialer } from "@wattward/modbus/tcp";
import { GUARD_SOCKET, guardPorts } from "./modbus-guard.ts";

const dataFolder = mkdtempSync(join(tmpdir(), "ww-guard-"));
after(() => rmSync(dataFolder, { recursive: true, force: true }));

test("guard's socket: has room for a connection to each device that a policy may name", async () => {
  mkdirSync(join(dataFolder, "state"), { mode: 0o700 });
  const ports = await guardPorts({ dataFolder } as Parameters<typeof guardPorts>[0], {
    site: "lyon" as SiteId,
    rootPem: "",
    log: silentLog,
    observe: () => {},
  });
  let accepted = 0;
  const refused: string[] = [];
  const all = Promise.withResolvers<void>();
  const told = () => void (accepted + refused.length === DEVICES_MAX && all.resolve());
  const listener = await ports.listen(
    "socket",
    (link) => {
      accepted++;
      link.listen({ bytes: () => {}, closed: () => {} });
      told();
    },
    (_address, why) => {
      refused.push(why);
      told();
    },
  );
  const dial = dialer({ to: { path: join(dataFolder, GUARD_SOCKET) } });
  const dialled = await Promise.all(Array.from({ length: DEVICES_MAX }, () => dial()));
  await all.promise;
  for (const one of dialled) if (one.ok) one.value.destroy();
  await listener.close();
  assert.deepEqual([accepted, refused], [DEVICES_MAX, []]);
});

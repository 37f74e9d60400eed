/** The site link is asked for without compression: an autonomous site dials a server that shows what it was offered. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { issueServer } from "@wattward/pki";
import { newKey, openOrCreateAuthorityFiles, publicHalf } from "@wattward/pki/files";
import { issueSiteFolder } from "../../apps/csms/cli/pki/issue-site.ts";
import { DOMAIN, logOf } from "../../demo/plant.ts";
import { start, stop } from "../../demo/programs.ts";
import { eventually, SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("link-compression");
const context = { out: () => {}, err: () => {}, env: {} };

test("autonomous: compression", { timeout: 60_000 }, async () => {
  const { authorities } = await openOrCreateAuthorityFiles(join(out, "csms"), {
    ...{ chance: systemChance, clock: systemClock(), operatorName: "Op", domain: DOMAIN },
  });
  await issueSiteFolder(["plain", "--out", join(out, "plain", "site"), "--data", join(out, "csms")], context);
  const key = await newKey("ec-p256");
  const names = [`csms.${DOMAIN}`];
  const made = await issueServer(
    authorities,
    { names, publicKey: publicHalf(key) },
    { chance: systemChance, clock: systemClock() },
  );
  assert(made.ok);
  const server = createServer({
    cert: made.value.chainPem,
    key: key.export({ type: "pkcs8", format: "pem" }),
  });
  const offered: unknown[] = [];
  server.on("upgrade", ({ headers }, socket) => {
    offered.push(headers["sec-websocket-extensions"] ?? "none");
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(address !== null && typeof address === "object");
  const { port } = address;
  const home = join(out, "plain");
  mkdirSync(join(home, "logs"), { recursive: true });
  const to = ["--csms", `wss://csms.${DOMAIN}:${port}`, "--connect", `127.0.0.1:${port}`, "--port", "0"];
  const site = start("site", "apps/site/main.ts", ["--data", join(home, "site"), ...to], logOf(home, "site"));
  await eventually("the site asked for its link", () => offered.length > 0);
  assert.equal(offered[0], "none");
  await stop(site, SOON_MS);
  server.close();
});

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { invitationLink } from "../api/sign-in/invitation.ts";
import { secretHash } from "../api/sign-in/secrets.ts";
import { createCore } from "../core/create-core.ts";
import { CommandError, UsageError } from "./arguments.ts";
import { invite } from "./invite.ts";
import { token } from "./token.ts";

/** A data folder with a central system at work on it. */
async function serving(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "csms-"));
  const core = await createCore({
    database: join(folder, "wattward.db"),
    log: silentLog,
    chance: systemChance,
  });
  t.after(async () => {
    await core.close();
    await rm(folder, { recursive: true });
  });
  const said = { out: "", err: "" };
  const context = {
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
    env: {},
  };
  return { folder, core, said, context };
}

test("token: works at once in the serving process, as a service account, by its name; printed once and alone", async (t) => {
  const { folder, core, said, context } = await serving(t);
  await token(["nightly report", "--days", "3", "--data", folder], context);
  assert.match(said.out, /^[\w-]{43}\n$/);
  const { wallMs } = systemClock().now();
  const session = (nowMs: number) => core.query("session.get", { hash: secretHash(said.out.trim()), nowMs });
  const found = await session(wallMs);
  assert.equal(found?.name, "nightly report");
  assert.equal(found?.kind, "token");
  assert.equal(await session(wallMs + 3 * 86_400_000 + 60_000), undefined);
  assert(!said.err.includes(said.out.trim()));
  const bytes = await readFile(join(folder, "wattward.db"));
  const log = await readFile(join(folder, "wattward.db-wal"));
  assert(!Buffer.concat([bytes, log]).includes(said.out.trim()), "the secret is not in the database");
});

test("token: a second one of the same name is another token of the same account", async (t) => {
  const { folder, core, said, context } = await serving(t);
  await token(["script", "--data", folder], context);
  await token(["script", "--data", folder], context);
  const nowMs = systemClock().now().wallMs;
  const people = [];
  for (const secret of said.out.trim().split("\n")) {
    people.push((await core.query("session.get", { hash: secretHash(secret), nowMs }))?.person);
  }
  assert.deepEqual(people, ["service:script", "service:script"]);
});

test("token: an account for scripts does not close the door for the first administrator", async (t) => {
  const { folder, core, context } = await serving(t);
  await token(["script", "--data", folder], context);
  const ports = { core, chance: systemChance, clock: systemClock() };
  assert.match((await invitationLink(ports, "http://localhost:1")) ?? "", /join#/);
});

test("invite: a link to where the central system listens, or where one says", async (t) => {
  const { folder, core, said, context } = await serving(t);
  await invite(["--data", folder], context);
  await writeFile(join(folder, "csms.json"), '{"httpPort":8123}');
  await invite(["--data", folder], context);
  await invite(["--data", folder, "--url", "https://csms.example/"], context);
  const links = said.out.trim().split("\n");
  assert.deepEqual(
    links.map((link) => link.split("#")[0]),
    ["http://localhost:8080/join", "http://localhost:8123/join", "https://csms.example/join"],
  );
  for (const link of links) {
    const hash = secretHash(link.split("#")[1] ?? "");
    const nowMs = systemClock().now().wallMs;
    assert.equal((await core.query("invitation.get", { hash, nowMs }))?.role, "administrator");
  }
});

test("both: wrong usage is told as such; a folder without a database is named", async (t) => {
  const { folder, context } = await serving(t);
  for (const args of [
    [],
    ["a", "b"],
    ["<script>"],
    ["ok", "--days", "0"],
    ["ok", "--days", "367"],
    ["ok", "--x"],
  ]) {
    await assert.rejects(token([...args, "--data", folder], context), UsageError, args.join(" "));
  }
  await assert.rejects(invite(["surplus", "--data", folder], context), UsageError);
  for (const command of [invite, (args: string[], c: typeof context) => token(["ok", ...args], c)]) {
    await assert.rejects(command(["--data", join(folder, "none")], context), (error) => {
      assert(error instanceof CommandError);
      assert(error.message.includes(join(folder, "none")));
      return true;
    });
  }
});

/** Passwords: their text, their making, their checking; with Node's own Argon2id where it has one. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { argon2Hasher, type PasswordHasher } from "./argon2.ts";
import { newPassword } from "./password.ts";
import { CHECKS_WAITING_MAX, HASHES_MAX, PasswordCheck, REMEMBERED_MAX } from "./password-check.ts";
import { PASSWORD_TEXT_CHARS_MAX, passwordCost, readPassword, writePassword } from "./password-text.ts";

const chance = seededChance(3);
const fake: PasswordHasher = async ({ secret, nonce }) =>
  createHash("sha256").update(nonce).update(secret).digest();
const station = "CP-1" as StationId;
const asking = (secret: string, passwordHash: string | undefined, known = false) => ({
  ...{ station, secret: Buffer.from(secret), passwordHash, known },
});

test("password text: written, read, and the same again; RFC 9106's names in PHC's form", () => {
  const kept = { cost: passwordCost, nonce: chance.bytes(16), tag: chance.bytes(32) };
  const text = writePassword(kept);
  assert.match(text, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$=]{22}\$[^$=]{43}$/);
  assert(text.length <= PASSWORD_TEXT_CHARS_MAX);
  const read = readPassword(text);
  assert.deepEqual(read && { ...read, nonce: Buffer.from(read.nonce), tag: Buffer.from(read.tag) }, {
    ...kept,
    nonce: Buffer.from(kept.nonce),
    tag: Buffer.from(kept.tag),
  });
});

test("password text: what is none, and what would cost too much, is refused", () => {
  const good = writePassword({ cost: passwordCost, nonce: chance.bytes(16), tag: chance.bytes(32) });
  for (const text of [
    "",
    good.slice(0, -1),
    `${good}x`,
    good.replace("argon2id", "argon2i"),
    good.replace("v=19", "v=16"),
    good.replace("m=19456", "m=999999"),
    good.replace("m=19456", "m=7"),
    good.replace("m=19456", "m=-1"),
    good.replace("t=2", "t=9"),
    good.replace("p=1", "p=5"),
    good.replaceAll("$", "\n"),
  ]) {
    assert.equal(readPassword(text), undefined, text);
  }
});

test("a new password: forty hexadecimal digits, never the same, kept as its hash alone", async () => {
  const [a, b] = await Promise.all([newPassword(fake, chance), newPassword(fake, chance)]);
  assert.match(a.password, /^[0-9a-f]{40}$/);
  assert.notEqual(a.password, b.password);
  assert(!a.passwordHash.includes(a.password));
  assert(readPassword(a.passwordHash) !== undefined);
});

test("a password is checked against its text; one of nobody is wrong after the same work", async () => {
  let hashes = 0;
  const check = new PasswordCheck((given) => fake(given).finally(() => hashes++), chance.bytes(32));
  const { password, passwordHash } = await newPassword(fake, chance);
  assert.equal(await check.check(asking(password, passwordHash)), "right");
  assert.equal(await check.check(asking("0".repeat(40), passwordHash)), "wrong");
  assert.equal(await check.check(asking(password, undefined)), "wrong", "no dispensation");
  assert.equal(await check.check(asking(password, "no text of ours")), "wrong");
  assert.equal(await check.check(asking("", passwordHash)), "wrong");
  assert.equal(hashes, 5);
});

test("what was right is remembered, for this text alone; what was wrong never is", async () => {
  let hashes = 0;
  const check = new PasswordCheck((given) => fake(given).finally(() => hashes++), chance.bytes(32));
  const { password, passwordHash } = await newPassword(fake, chance);
  for (let i = 0; i < 3; i++) assert.equal(await check.check(asking(password, passwordHash)), "right");
  assert.equal(hashes, 1);
  for (let i = 0; i < 3; i++) assert.equal(await check.check(asking("1", passwordHash)), "wrong");
  assert.equal(hashes, 4);
  const next = await newPassword(fake, chance);
  assert.equal(await check.check(asking(password, next.passwordHash)), "wrong", "of the password before");
  assert.equal(await check.check(asking(password, undefined)), "wrong", "of a dispensation that is over");
  assert.equal(hashes, 6);
});

test("so many are remembered, and the one seen longest ago is forgotten first", async () => {
  let hashes = 0;
  const check = new PasswordCheck((given) => fake(given).finally(() => hashes++), chance.bytes(32));
  const { password, passwordHash } = await newPassword(fake, chance);
  const of = (id: string) => check.check({ ...asking(password, passwordHash), station: id as StationId });
  for (let i = 0; i <= REMEMBERED_MAX; i++) await of(`CP-${i}`);
  hashes = 0;
  assert.equal(await of(`CP-${REMEMBERED_MAX}`), "right");
  assert.equal(hashes, 0);
  assert.equal(await of("CP-0"), "right");
  assert.equal(hashes, 1, "it costs a hash again");
});

test("so many hash at once, so many wait, the rest hear that it is busy; who is known goes first", async () => {
  const running: (() => void)[] = [];
  let most = 0;
  const slow: PasswordHasher = (given) =>
    new Promise((resolve) => {
      running.push(() => resolve(fake(given)));
      most = Math.max(most, running.length);
    });
  const check = new PasswordCheck(slow, chance.bytes(32));
  const order: string[] = [];
  const waiting = Array.from({ length: HASHES_MAX + CHECKS_WAITING_MAX }, () =>
    check.check(asking("x", undefined)).then(() => order.push("stranger")),
  );
  await Promise.resolve();
  assert.equal(await check.check(asking("x", undefined)), "busy");
  const known = check.check(asking("x", undefined, true)).then(() => order.push("known"));
  while (order.length < waiting.length + 1) {
    running.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([...waiting, known]);
  assert.equal(most, HASHES_MAX);
  assert(order.indexOf("known") <= HASHES_MAX, `the known one came as number ${order.indexOf("known")}`);
});

test("a hasher that fails frees its place, and its fault is the asker's to bear", async () => {
  let fails = true;
  const check = new PasswordCheck(
    (given) => (fails ? Promise.reject(new Error("no memory")) : fake(given)),
    chance.bytes(32),
  );
  for (let i = 0; i < HASHES_MAX * 2; i++)
    await assert.rejects(check.check(asking("x", undefined)), /no memory/);
  fails = false;
  assert.equal(await check.check(asking("x", undefined)), "wrong");
});

const argon2 = argon2Hasher();
test("Argon2id: the known answer of its reference implementation", {
  skip: argon2 === undefined && "this Node has no Argon2",
}, async () => {
  assert(argon2 !== undefined);
  const cost = { memoryKib: 65_536, passes: 2, lanes: 1 };
  const given = { secret: Buffer.from("password"), nonce: Buffer.from("somesalt"), tagBytes: 32, cost };
  const expected = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7";
  assert.equal(Buffer.from(await argon2(given)).toString("hex"), expected);
});

test("right and wrong take the same time class, with real hashes; what is remembered takes none", {
  skip: argon2 === undefined && "this Node has no Argon2",
}, async () => {
  assert(argon2 !== undefined);
  const check = new PasswordCheck(argon2, chance.bytes(32));
  const { password, passwordHash } = await newPassword(argon2, chance);
  const timed = async (given: ReturnType<typeof asking>) => {
    const fromMs = performance.now();
    const checked = await check.check(given);
    return { checked, ms: performance.now() - fromMs };
  };
  const wrong: number[] = [];
  const unknown: number[] = [];
  for (let i = 0; i < 7; i++) {
    const [first, second] = [
      await timed(asking(`${i}`, passwordHash)),
      await timed(asking(`${i}`, undefined)),
    ];
    assert.deepEqual([first.checked, second.checked], ["wrong", "wrong"]);
    wrong.push(first.ms);
    unknown.push(second.ms);
  }
  assert.equal((await timed(asking(password, passwordHash))).checked, "right");
  const remembered = await timed(asking(password, passwordHash));
  assert.equal(remembered.checked, "right");
  // The least of seven is what the machine needs when nobody disturbs it.
  const [a, b] = [Math.min(...wrong), Math.min(...unknown)];
  assert(a < 3 * b && b < 3 * a, `${a} ms for a wrong password, ${b} ms for a station nobody knows`);
  assert(remembered.ms < a / 3, `${remembered.ms} ms for what is remembered`);
});

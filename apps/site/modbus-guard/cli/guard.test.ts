/** `guard check` and `guard replay` as somebody at a terminal has them. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { guardCommand } from "./guard.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const example = join(root, "docs", "examples", "modbus-guard.yaml");
const folder = mkdtempSync(join(tmpdir(), "wattward-guard-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  let [out, err] = ["", ""];
  const code = guardCommand(args, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("guard check", () => {
  test("the example of the documentation is right", () => {
    const { code, out, err } = run("check", example);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /right\. 2 clients, 1 device, 3 rules, 4 across registers; all else is denied/);
    assert.deepEqual(JSON.parse(run("check", example, "--json").out), {
      ok: true,
      clients: 2,
      devices: 1,
      rules: 3,
      crossRules: 4,
    });
  });

  test("faults by file, line and path; nothing on standard output", () => {
    const text = readFileSync(example, "utf8");
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.includes("register: setpoint")) + 1;
    const path = file(
      "wrong.yaml",
      text.replace("register: setpoint", "register: power").replace("min: -50000", "min: .nan"),
    );
    const { code, out, err } = run("check", path);
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(
      err,
      `${path}:${at + 1}: rules[2].writes[0].min is not a number from -1000000000000000 to 1000000000000000\n`,
    );
    const unknown = file("unknown.yaml", text.replace("register: setpoint", "register: power"));
    assert.match(
      run("check", unknown).err,
      new RegExp(`unknown.yaml:${at}: rules\\[2\\].writes\\[0\\].register names 'power'`),
    );
  });

  test("faults are told whole: as JSON where that is asked, and that there may be more of them", () => {
    const wrong = readFileSync(example, "utf8")
      .replace("tls: false", "tls: maybe")
      .replace("client: energy", "client: nobody");
    const { code, out, err } = run("check", file("two.yaml", wrong), "--json");
    assert.deepEqual([code, err], [1, ""]);
    const { ok, faults, more } = JSON.parse(out);
    assert.deepEqual([ok, more], [false, false]);
    assert.deepEqual(
      faults.map(({ path }: { path: string }) => path),
      ["devices[0].tls", "rules[2].client"],
    );
    const many = file("many.yaml", `rules:\n${"  - {}\n".repeat(200)}`);
    assert.match(run("check", many).err, /these are 100 faults; no more are named, and there may be more\n$/);
    assert.equal(JSON.parse(run("check", many, "--json").out).more, true);
  });

  test("a file that is not there is named, a policy's as a capture's", () => {
    for (const words of [
      ["check", "/nowhere/policy.yaml"],
      ["replay", "/nowhere/policy.yaml", "tap.pcap"],
      ["replay", example, "/nowhere/tap.pcap"],
    ]) {
      const { code, out, err } = run(...words);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, /^wattward guard: \/nowhere\/[a-z]+\.[a-z]+: there is no such file\n$/);
    }
  });

  test("a file that is no policy at all: too large, endless, not UTF-8", () => {
    assert.match(
      run("check", file("large.yaml", "#".repeat(3 * 1024 ** 2))).err,
      /has more than 2097152 bytes/,
    );
    assert.match(run("check", "/dev/zero").err, /has more than 2097152 bytes/);
    const latin = Buffer.from(`schema: 1\n# ${"°"}`, "latin1");
    assert.match(run("check", file("latin.yaml", latin)).err, /latin\.yaml:2: the policy is not in UTF-8/);
  });

  test("a policy that learns says until when", () => {
    const learning = `${readFileSync(example, "utf8")}\nlearning: { devices: [battery], untilMs: 1767225600000 }\n`;
    assert.match(
      run("check", file("learns.yaml", learning)).out,
      /It learns until 2026-01-01T00:00:00\.000Z: .* battery/,
    );
  });

  test("wrong usage is 2, what cannot be read 1", () => {
    for (const args of [
      [],
      ["chek", example],
      ["check"],
      ["check", example, example],
      ["check", example, "--strict"],
      ["replay", example],
    ]) {
      const { code, out, err } = run(...args);
      assert.deepEqual([code, out], [2, ""], args.join(" "));
      assert.match(err, /Look at: npx wattward guard --help\n$/);
    }
    assert.equal(run("check", join(folder, "none.yaml")).code, 1);
    assert.equal(run("check", folder).code, 1);
    assert.match(
      run("replay", example, file("none.pcap", "no capture, and longer than a header")).err,
      /does not begin as a pcap file does/,
    );
  });
});

/** A capture of one connection: each entry is a frame, sent by the master or the device. */
function pcap(
  frames: readonly { readonly by: "master" | "device"; readonly hex: string; readonly atS?: number }[],
  { master = [10, 0, 0, 2], port = 502, link = 1 } = {},
): Uint8Array {
  const word = (n: number, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => Math.floor(n / 256 ** (bytes - 1 - i)) % 256);
  const sent = { master: 1, device: 1 };
  const packets = frames.flatMap(({ by, hex, atS }, i) => {
    const payload = hex.split(" ").map((byte) => Number.parseInt(byte, 16));
    const ports = by === "master" ? [40_000, port] : [port, 40_000];
    const tcp = [
      ...ports.flatMap((port) => word(port, 2)),
      ...word(sent[by], 4),
      0,
      0,
      0,
      0,
      0x50,
      0x18,
      ...word(0, 6),
      ...payload,
    ];
    sent[by] += payload.length;
    const addresses = by === "master" ? [...master, 192, 168, 40, 11] : [192, 168, 40, 11, ...master];
    const ip = [0x45, 0, ...word(20 + tcp.length, 2), 0, 0, 0x40, 0, 64, 6, 0, 0, ...addresses, ...tcp];
    const bytes = [...word(0, 12), 8, 0, ...ip];
    return [
      ...word(1_700_000_000 + (atS ?? i), 4),
      ...word(0, 4),
      ...word(bytes.length, 4),
      ...word(bytes.length, 4),
      ...bytes,
    ];
  });
  return Uint8Array.from([
    ...[0xa1b2c3d4, 0x00020004, 0, 0, 65_535, link].flatMap((n) => word(n, 4)),
    ...packets,
  ]);
}

describe("guard replay", () => {
  // Reads the charge and its factor (50 %, 10⁰), setpoint to temperature, sets the watchdog, discharges 2 kW, then 60 kW.
  const frames = [
    { by: "master", hex: "00 01 00 00 00 06 01 03 9c af 00 2e" },
    { by: "device", hex: `00 01 00 00 00 5f 01 03 5c 00 32 ${"00 00 ".repeat(45).trim()}` },
    { by: "master", hex: "00 02 00 00 00 06 01 03 a0 28 00 0b" },
    { by: "device", hex: `00 02 00 00 00 19 01 03 16 ${"00 00 ".repeat(10)}00 c8` },
    { by: "master", hex: "00 03 00 00 00 09 01 10 a0 2a 00 01 02 00 3c" },
    { by: "device", hex: "00 03 00 00 00 06 01 10 a0 2a 00 01" },
    { by: "master", hex: "00 04 00 00 00 0b 01 10 a0 28 00 02 04 00 00 07 d0" },
    { by: "device", hex: "00 04 00 00 00 06 01 10 a0 28 00 02" },
    { by: "master", hex: "00 05 00 00 00 0b 01 10 a0 28 00 02 04 00 00 ea 60" },
    { by: "device", hex: "00 05 00 00 00 06 01 10 a0 28 00 02" },
  ] as const;
  const capture = file("tap.pcap", pcap(frames));

  test("what passes, what is refused and why, in engineering values", () => {
    const { code, out, err } = run("replay", example, capture, "--client", "energy=10.0.0.2");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^5 requests: 4 pass, 1 refused\.\n/);
    assert.match(out, /10\.0\.0\.2 {2}energy, 5 requests/);
    assert.match(out, /192\.168\.40\.11 unit 1 {2}battery, 5 requests/);
    assert.match(out, /1 × exception 03 \(illegal-data-value\), packet 9\n/);
    assert.match(out, /energy, write-multiple-registers 41000…41001 of battery: setpoint = 60000 W\n/);
    assert.match(out, /-50000 to 50000 W are allowed for setpoint \(rules\[2\]\.writes\[0\]\)/);
  });

  test("a master that nobody names is refused whole, its connection closed, and an incident", () => {
    const said = run("replay", example, capture).out;
    assert.match(
      said,
      /3 × connection closed, packet 5 to 9\n {4}10\.0\.0\.2, .*\n {4}its master is no client/,
    );
    assert.doesNotMatch(said, /exception/, "nothing is answered to a stranger");
    const { out } = run("replay", example, capture, "--json");
    const { requests, refused, refusals, strangers, masters, incidents } = JSON.parse(out);
    assert(refusals.every(({ closed }: { closed: boolean }) => closed));
    assert.deepEqual([requests, refused, strangers], [5, 5, 5]);
    assert.deepEqual(masters, [{ address: "10.0.0.2", requests: 5 }]);
    assert.deepEqual(
      incidents.map(({ kind, frames: packets }: { kind: string; frames: number[] }) => [kind, packets]),
      [["unknown-master", [1, 3, 5, 7, 9]]],
    );
  });

  test("behind a guard its units are the policy's; names are held against the policy", () => {
    const guarded = JSON.parse(
      run("replay", example, capture, "--client", "energy=10.0.0.2", "--guard", "192.168.40.11", "--json")
        .out,
    );
    assert.deepEqual([guarded.passed, guarded.refused, guarded.devices[0].device], [4, 1, "battery"]);
    for (const [args, sentence] of [
      [["--client", "nobody=10.0.0.2"], /the policy has no client 'nobody'/],
      [["--client", "energy"], /it is NAME=ADDRESS/],
      [["--device", "battery=here"], /'here' is not an IP address/],
      [["--guard", "x"], /'x' is not an IP address/],
    ] as const) {
      const { code, err } = run("replay", example, capture, ...args);
      assert.equal(code, 2);
      assert.match(err, sentence);
    }
  });

  const energy = ["--client", "energy=10.0.0.2"];
  const replayed = (policy: string, path: string, ...args: readonly string[]) =>
    JSON.parse(run("replay", policy, path, ...args, "--json").out);

  test("how much of the capture was read, and what was not", () => {
    const { reading } = replayed(example, capture, ...energy);
    const { packets, segments, unread, gaps, cut } = reading;
    assert.deepEqual([packets, segments, unread, gaps, cut], [10, 10, 0, 0, false]);
    const whole = pcap(frames);
    const short = file("cut.pcap", whole.subarray(0, whole.length - 3));
    assert.match(
      run("replay", example, short).out,
      /\n9 packets, .*\nThe capture ends in the middle of a packet\.\n/,
    );
    // A fragment of IP in the place of the write.
    const fragment = whole.slice();
    const at = fragment.findIndex((_, i) => fragment.subarray(i, i + 2).join() === "234,96");
    fragment[fragment.subarray(0, at).lastIndexOf(0x45) + 6] = 0x20;
    const { code, out } = run("replay", example, file("fragment.pcap", fragment), ...energy);
    assert.equal(code, 0);
    assert.match(out, /Not read: 1 packet \(1 IP fragment\)\. What is in them is not judged\./);
  });

  test("a capture of which nothing is understood is no answer: exit code 1", () => {
    for (const [bytes, sentence] of [
      [pcap(frames, { link: 147 }), /nothing of .* could be read: 10 packets \(10 link type 147\)/],
      [pcap(frames).subarray(0, 50), /it ends in the middle of its first packet/],
    ] as const) {
      const { code, err } = run("replay", example, file("nothing.pcap", bytes), ...energy);
      assert.equal(code, 1);
      assert.match(err, sentence);
    }
    const torn = Uint8Array.from([...pcap(frames), ...Array.from({ length: 16 }, () => 0xff)]);
    const { code, out, err } = run("replay", example, file("torn.pcap", torn), ...energy);
    assert.equal(code, 1);
    assert.match(out, /^5 requests: 4 pass, 1 refused/, "what came before is told");
    assert.match(err, /is not read on after packet 10: .*a packet of 4294967295 bytes/);
    assert.equal(run("replay", example, file("empty.pcap", pcap([]))).code, 0, "an empty one is right");
  });

  test("a guard is seen where it listens, and other ports where they are named", () => {
    const write = [frames[8]];
    const at = (port: number) => file(`${port}.pcap`, pcap(write, { port }));
    const guarded = replayed(example, at(1502), ...energy, "--guard", "192.168.40.11");
    assert.deepEqual([guarded.refused, guarded.devices[0].device], [1, "battery"]);
    assert.equal(replayed(example, at(5020), ...energy).requests, 0);
    assert.match(run("replay", example, at(5020)).out, /0 of them TCP .*\(--port N for another\)/);
    const named = replayed(example, at(5020), ...energy, "--guard", "192.168.40.11", "--port", "5020");
    assert.equal(named.refused, 1);
    assert.equal(run("replay", example, capture, "--port", "0").code, 2);
    const own = replayed(example, capture, "--guard", "10.0.0.2");
    assert.deepEqual(
      [own.requests, own.guards, own.incidents],
      [0, 5, []],
      "what it asks itself is not judged",
    );
  });

  const setpoints = (
    devices: readonly (readonly [name: string, host: string, port: number, unit: number])[],
  ) =>
    JSON.stringify({
      schema: 1,
      clients: [{ name: "m", by: { kind: "address", address: "10.0.0.2" }, perSecond: 100, burst: 100 }],
      devices: devices.map(([name, host, port, deviceUnit], i) => ({
        ...{ name, unit: i + 1, host, port, tls: false, deviceUnit, answerMsMax: 1000 },
        registers: [{ name: "sp", address: 100, type: "int16" }],
      })),
      rules: devices.map(([device], i) => ({
        ...{ client: "m", device, functions: [6], from: 100, to: 100 },
        writes: [{ register: "sp", min: 0, max: 10_000 - i * 9_990 }],
      })),
      crossRules: [],
    });
  const asks = (transaction: number, unit: number, value: string) => ({
    by: "master" as const,
    hex: `00 0${transaction} 00 00 00 06 0${unit} 06 00 64 ${value}`,
  });

  test("devices of one address are told apart by port, and by unit behind a gateway", () => {
    const ports = file(
      "ports.json",
      setpoints([
        ["big", "192.168.40.11", 502, 1],
        ["small", "192.168.40.11", 1503, 1],
      ]),
    );
    const small = file("small.pcap", pcap([asks(1, 1, "13 88")], { port: 1503 }));
    assert.equal(replayed(ports, small).refusals[0].exchange.device, "small");
    const units = file(
      "units.json",
      setpoints([
        ["big", "gateway.local", 502, 1],
        ["small", "gateway.local", 502, 2],
      ]),
    );
    const both = file("both.pcap", pcap([asks(1, 2, "13 88"), asks(2, 1, "13 88")]));
    const names = ["--device", "big=192.168.40.11", "--device", "small=192.168.40.11"];
    const { passed, refused, refusals } = replayed(units, both, ...names);
    assert.deepEqual([passed, refused, refusals[0].exchange.device], [1, 1, "small"]);
    const { code, err } = run("replay", example, capture, ...energy, "--client", "vendor=10.0.0.2");
    assert.equal(code, 2);
    assert.match(err, /10\.0\.0\.2 is 'energy' already/);
  });

  test("requests that are sent before the answer wait for it, as at the guard", () => {
    const policy = file("one.json", setpoints([["big", "192.168.40.11", 502, 1]]));
    const answer = { by: "device" as const, hex: `${asks(1, 1, "00 05").hex} ${asks(2, 1, "00 06").hex}` };
    const piped = file(
      "piped.pcap",
      pcap([asks(1, 1, "00 05"), asks(2, 1, "00 06"), answer].map((one) => ({ ...one, atS: 0 }))),
    );
    const { passed, refused } = replayed(policy, piped);
    assert.deepEqual([passed, refused], [2, 0]);
    const silent = file("silent.pcap", pcap([asks(1, 1, "00 05"), asks(2, 1, "00 06")]));
    assert.equal(replayed(policy, silent).passed, 2, "the time for its answer is over");
  });

  test("an answer that is later than the guard waits is counted; one of more than a minute later is an incident", () => {
    const [ask, answer] = [frames[2], frames[3]];
    const late = (atS: number) =>
      replayed(
        example,
        file(
          "late.pcap",
          pcap([
            { ...ask, atS: 0 },
            { ...answer, atS },
          ]),
        ),
        ...energy,
      );
    assert.equal(late(1).late, 0);
    assert.deepEqual([late(2).late, late(2).incidents], [1, []]);
    assert.deepEqual(
      late(600).incidents.map(({ kind }: { kind: string }) => kind),
      ["late-answer"],
    );
  });

  test("what goes by TLS is said not to be read, and is no malformed Modbus", () => {
    const text = readFileSync(example, "utf8")
      .replace("port: 502", "port: 802")
      .replace("tls: false", "tls: true");
    const policy = file("tls.yaml", text);
    const hello = { by: "master" as const, hex: "16 03 01 00 05 01 00 00 01 03" };
    const path = file("tls.pcap", pcap([hello], { port: 802 }));
    assert.match(
      run("replay", policy, path).out,
      /What goes to battery is encrypted \(TLS\), and not read\./,
    );
    assert.deepEqual(replayed(policy, path).incidents, []);
  });

  test("a capture is a file: what can be read but once is none", () =>
    assert.match(run("replay", example, folder).err, /is no file: a capture is read twice/));
});

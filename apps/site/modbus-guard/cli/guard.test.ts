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
  frames: readonly { readonly by: "master" | "device"; readonly hex: string }[],
  master = [10, 0, 0, 2],
): Uint8Array {
  const word = (n: number, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => Math.floor(n / 256 ** (bytes - 1 - i)) % 256);
  const sent = { master: 1, device: 1 };
  const packets = frames.flatMap(({ by, hex }, i) => {
    const payload = hex.split(" ").map((byte) => Number.parseInt(byte, 16));
    const ports = by === "master" ? [40_000, 502] : [502, 40_000];
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
      ...word(1_700_000_000 + i, 4),
      ...word(0, 4),
      ...word(bytes.length, 4),
      ...word(bytes.length, 4),
      ...bytes,
    ];
  });
  return Uint8Array.from([
    ...[0xa1b2c3d4, 0x00020004, 0, 0, 65_535, 1].flatMap((n) => word(n, 4)),
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
});

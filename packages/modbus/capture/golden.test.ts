/**
 * Real captures, decoded, against what others decoded from them: icsnpp-modbus' log line by line, Suricata's counts. Skipped,
 * saying so, where the data is absent.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exceptionName } from "../exception.ts";
import { changing } from "../pdu.ts";
import { dataFolder } from "../testing/data.ts";
import { type CapturedEvent, type CapturedExchange, readCapture } from "./index.ts";

const { path: folder, skip } = dataFolder("modbus-captures");
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

function eventsOf(name: string): readonly CapturedEvent[] {
  const events = readCapture(bytesOf(name));
  assert(events.ok, JSON.stringify(events));
  return events.value;
}
const exchangesOf = (name: string) => eventsOf(name).filter((event) => event.kind === "exchange");
const kindsOf = (events: readonly CapturedEvent[]) => {
  const counts: { [kind: string]: number } = {};
  for (const { kind } of events) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
const shout = (name: string) => name.replaceAll("-", "_").toUpperCase();

/** The columns that say something about Modbus: all but time, and the ids that its logs give each other. */
type Row = { readonly [column: string]: string };
const columns = [
  "id.orig_h",
  "id.orig_p",
  "id.resp_h",
  "id.resp_p",
  "tid",
  "unit",
  "func",
  "address",
  "quantity",
  "request_values",
  "response_values",
  "request_subfunction_code",
  "response_subfunction_code",
  "request_data",
  "response_data",
  "exception_code",
  "mei_type",
  "matched",
] as const;

function goldenRows(): Row[] {
  const lines = readFileSync(join(folder, "modbus_detailed.log"), "utf8").trimEnd().split("\n");
  const fields = lines
    .find((line) => line.startsWith("#fields"))!
    .split("\t")
    .slice(1);
  return lines
    .filter((line) => !line.startsWith("#"))
    .map((line) => {
      const cells = line.split("\t");
      const row = Object.fromEntries(fields.map((field, i) => [field, cells[i] ?? ""]));
      return Object.fromEntries(columns.map((column) => [column, row[column] ?? ""]));
    });
}

/** Names as the log has them, by function code: a request that we refuse to read has a code all the same. */
const logNames: { readonly [code: number]: string } = {
  8: "DIAGNOSTICS",
  17: "REPORT_SLAVE_ID",
  20: "READ_FILE_RECORD",
  21: "WRITE_FILE_RECORD",
  43: "ENCAP_INTERFACE_TRANSPORT",
};
const subFunctions = new Map([[2, "Return Diagnostic Register"]]);
const list = (values: readonly (number | boolean)[]) => values.map(Number).join(",");
const escaped = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");

/** The log has two lines for functions that it does not look into: the request's and the response's. */
function rowsOf(exchange: CapturedExchange): Row[] {
  const { master, device, transaction, unit, pdu, request, answer } = exchange;
  const func = logNames[pdu[0]!] ?? (request.ok ? shout(request.value.kind) : "?");
  const row: { [column: string]: string } = Object.fromEntries(columns.map((column) => [column, "-"]));
  Object.assign(row, {
    "id.orig_h": master.address,
    "id.orig_p": `${master.port}`,
    "id.resp_h": device.address,
    "id.resp_p": `${device.port}`,
    tid: `${transaction}`,
    unit: `${unit}`,
    func,
    ...meaningOf(exchange),
  });
  const reply = answer?.reply?.ok ? answer.reply.value : undefined;
  if (reply?.kind === "exception") row["exception_code"] = shout(exceptionName(reply.code));
  if (func === "READ_EXCEPTION_STATUS" || func === "REPORT_SLAVE_ID") return [row, row];
  return [{ ...row, matched: answer === undefined ? "F" : "T" }];
}

function meaningOf({ request, answer }: CapturedExchange): Row {
  if (!request.ok) return { quantity: `${request.fault.quantity}` };
  const asked = request.value;
  const reply = answer?.reply?.ok ? answer.reply.value : undefined;
  switch (asked.kind) {
    case "read-coils":
    case "read-discrete-inputs": {
      assert(reply?.kind === asked.kind);
      const padding = Array.from({ length: (8 - (asked.quantity % 8)) % 8 }, () => 0);
      return {
        ...spanOf(asked),
        response_values: list(reply.bits),
        ...(padding.length > 0 && { response_data: list(padding) }),
      };
    }
    case "read-holding-registers":
    case "read-input-registers":
      if (reply?.kind === "exception") return spanOf(asked);
      assert(reply?.kind === asked.kind);
      return { ...spanOf(asked), response_values: list(reply.registers) };
    case "write-single-coil":
      assert(reply?.kind === asked.kind);
      return {
        ...spanOf({ ...asked, quantity: 1 }),
        request_values: list([asked.on]),
        response_values: list([reply.on]),
      };
    case "write-single-register":
      assert(reply?.kind === asked.kind);
      return {
        ...spanOf({ ...asked, quantity: 1 }),
        request_values: list([asked.value]),
        response_values: list([reply.value]),
      };
    case "write-multiple-coils":
    case "write-multiple-registers": {
      assert(reply?.kind === asked.kind);
      const values = asked.kind === "write-multiple-coils" ? asked.bits : asked.registers;
      return { ...spanOf(reply), request_values: list(values) };
    }
    case "diagnostics":
      assert(reply?.kind === asked.kind);
      return {
        request_subfunction_code: subFunctions.get(asked.subFunction) ?? "",
        response_subfunction_code: subFunctions.get(reply.subFunction) ?? "",
        request_data: escaped(asked.data),
        response_data: escaped(reply.data),
      };
    case "mask-write-register":
      assert.deepEqual(reply, asked);
      return { address: `${asked.address}` };
    case "read-fifo-queue":
      assert(reply?.kind === asked.kind);
      return { address: `${asked.address}`, quantity: `${reply.registers.length}` };
    case "read-device-identification":
      assert(reply?.kind === asked.kind);
      return { mei_type: "Read Device Identification" };
    default:
      assert.equal(reply?.kind, asked.kind);
      return {};
  }
}

const spanOf = ({ address, quantity }: { readonly address: number; readonly quantity: number }) => ({
  address: `${address}`,
  quantity: `${quantity}`,
});

test("modbus_example: decoded as the golden log has it, line by line", { skip }, () => {
  const golden = goldenRows();
  assert.equal(golden.length, 26);
  assert.deepEqual(exchangesOf("modbus_example.pcap").flatMap(rowsOf), golden);
  assert.deepEqual(kindsOf(eventsOf("modbus_example.pcap")), { exchange: 24 });
});

test("suricata-verify: as many requests of each function as Suricata counts, and every malformed frame", {
  skip,
}, () => {
  const exchanges = exchangesOf("suricata-verify.pcap");
  const functions: { [code: number]: number } = {};
  for (const { pdu } of exchanges) functions[pdu[0]!] = (functions[pdu[0]!] ?? 0) + 1;
  // sid 1, 2, 4, 7 of its rules: 2 of function 1, 18 assigned ones, all of unit 10, 8 of function 8.
  assert.deepEqual(functions, { 1: 2, 3: 1, 5: 2, 6: 1, 8: 8, 17: 2, 43: 2 });
  assert.equal(exchanges.length, 18);
  assert(exchanges.every(({ unit }) => unit === 10));
  // sid 3 and 6: three reads of data, three writes.
  const kinds = exchanges.flatMap(({ request }) => (request.ok ? [request.value.kind] : []));
  assert.equal(kinds.filter((kind) => kind === "read-coils" || kind === "read-holding-registers").length, 3);
  assert.equal(kinds.filter((kind) => changing.has(kind) && kind !== "diagnostics").length, 3);
  // Its two requests of function 43 have a byte too many.
  assert.equal(exchanges.filter(({ request }) => !request.ok && request.fault.reason === "length").length, 2);
  const odd = eventsOf("suricata-verify.pcap").flatMap((event) =>
    event.kind === "malformed"
      ? [`${event.by} ${event.reason}`]
      : event.kind === "exchange"
        ? []
        : [event.kind],
  );
  assert.deepEqual(odd.slice(0, 1), ["master length"]);
  assert.equal(odd.filter((kind) => kind === "unasked-answer").length, 5);
});

test("function-code-scan: exceptions 01 for what is not public, whatever the device made of it", {
  skip,
}, () => {
  const exchanges = exchangesOf("function-code-scan.pcap");
  const codes = new Set(exchanges.map(({ pdu }) => pdu[0]!));
  assert(codes.size >= 100, `${codes.size} function codes`);
  const answered = exchanges.filter(({ answer }) => answer !== undefined);
  assert(answered.length >= 100, `${answered.length} answers`);
  const refusedByBoth = exchanges.filter(
    ({ request, answer }) => !request.ok && (answer?.pdu[0] ?? 0) >= 0x80,
  );
  assert(refusedByBoth.length >= 90, `${refusedByBoth.length}`);
});

test("malformed-72: told as malformed, and read without a slip", { skip }, () => {
  const events = eventsOf("malformed-72.pcap");
  assert(events.some(({ kind }) => kind === "malformed"));
});

for (const name of [
  "characterization_modbus_6RTU_with_operate",
  "send_a_fake_command_modbus_6RTU_with_operate",
]) {
  test(`${name}: every answer fits its request`, { skip }, () => {
    const exchanges = exchangesOf(`${name}.pcap`);
    assert(exchanges.length > 1_000, `${exchanges.length} exchanges`);
    const bad = exchanges.filter(({ request, answer }) => !request.ok || answer?.reply?.ok === false);
    assert.equal(bad.length, 0, JSON.stringify(bad.slice(0, 3)));
    const answered = exchanges.filter(({ answer }) => answer !== undefined).length;
    assert(answered > 0.98 * exchanges.length, `${answered} of ${exchanges.length} answered`);
  });
}

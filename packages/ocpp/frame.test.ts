import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageId } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { DEPTH_MAX, FRAME_CHARS_MAX, type Frame, faultReply, parseFrame, writeFrame } from "./frame.ts";
import { nestsDeeperThan } from "./nesting.ts";
import type { OcppVersion } from "./version.ts";

const id = (text: string) => text as MessageId;
const versions: readonly OcppVersion[] = ["1.6", "2.0.1"];
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

const readable: readonly { readonly text: string; readonly frame: Frame }[] = [
  {
    text: '[2,"19223201","BootNotification",{"chargePointVendor":"VendorX"}]',
    frame: {
      kind: "call",
      id: id("19223201"),
      action: "BootNotification",
      payload: { chargePointVendor: "VendorX" },
    },
  },
  { text: '[3,"1",{"interval":300}]', frame: { kind: "result", id: id("1"), payload: { interval: 300 } } },
  {
    text: '[4,"162376037","NotSupported","not implemented",{"a":1}]',
    frame: {
      kind: "error",
      id: id("162376037"),
      code: "NotSupported",
      description: "not implemented",
      details: { a: 1 },
    },
  },
];

test("frames: the specification's examples read to what they say, and write back to the same text", () => {
  for (const { text, frame } of readable) {
    for (const version of versions) assert.deepEqual(parseFrame(text, version), { kind: "frame", frame });
    assert.equal(writeFrame(frame), text);
  }
});

test("frames: null is an empty payload (Part 4 §4.1.5); white space is nothing; an id of 36 characters fits", () => {
  const long = "a".repeat(36);
  for (const text of [`[2,"${long}","Heartbeat",null]`, ` [ 2 ,\t"${long}"\r\n, "Heartbeat" , { } ] `]) {
    assert.deepEqual(parseFrame(text, "1.6"), {
      kind: "frame",
      frame: { kind: "call", id: long, action: "Heartbeat", payload: {} },
    });
  }
  assert.deepEqual(parseFrame('[3,"1",null]', "1.6"), {
    kind: "frame",
    frame: { kind: "result", id: "1", payload: {} },
  });
});

test("quirk 35: a damaged CALLERROR still fails its call, and its form is told", () => {
  for (const text of [
    '[4,"1","X"]',
    '[4,"1","X",null]',
    '[4,"1","X",7,"text"]',
    '[4,"1","X","",[],"more"]',
  ]) {
    const frame = { kind: "error", id: "1", code: "X", description: "", details: {} };
    const parsed = parseFrame(text, "2.0.1");
    assert(parsed.kind === "frame", text);
    assert.deepEqual(parsed.frame, frame, text);
    assert.deepEqual(
      parsed.deviations?.map(({ rule }) => rule),
      ["call-error-form"],
      text,
    );
  }
  const regular = parseFrame('[4,"1","FormationViolation","",{}]', "2.0.1");
  assert(regular.kind === "frame" && regular.deviations === undefined);
});

/** fault × version → the CALLERROR that goes out: [id, code], or "-" for none. */
const none = "-";
const faults: readonly {
  readonly what: string;
  readonly text: string;
  readonly v16: string;
  readonly v201: string;
}[] = [
  { what: "not JSON, id unreadable", text: "hello", v16: none, v201: "-1 RpcFrameworkError" },
  { what: "empty", text: "", v16: none, v201: "-1 RpcFrameworkError" },
  { what: "no array", text: '{"a":1}', v16: none, v201: "-1 RpcFrameworkError" },
  { what: "an empty array", text: "[]", v16: none, v201: "-1 RpcFrameworkError" },
  { what: "null", text: "null", v16: none, v201: "-1 RpcFrameworkError" },
  {
    what: "a CALL cut off",
    text: '[2,"77","MeterValues",{"connectorId":',
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  { what: "a CALL cut off in its id", text: '[2,"77', v16: none, v201: "-1 RpcFrameworkError" },
  {
    what: "a missing value (QUIRKS 8)",
    text: '[2,"77","StopTransaction",{"transactionId":,"meterStop":1}]',
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  {
    what: "a doubled bracket (QUIRKS 8)",
    text: '[2,"77","MeterValues",{"meterValue":[,{}]}]',
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  {
    what: "NUL in a text (QUIRKS 8)",
    text: '[2,"77","Authorize",{"idTag":"A\u0000"}]',
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  {
    what: "more after the end",
    text: '[2,"77","Heartbeat",{}]x',
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  {
    what: "depth 10,000",
    text: `[2,"77","DataTransfer",{"data":${deep(10_000)}}]`,
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  { what: "depth 10,000, nothing else", text: deep(10_000), v16: none, v201: "-1 RpcFrameworkError" },
  {
    what: "longer than allowed",
    text: `[2,"77","DataTransfer",{"data":"${"x".repeat(FRAME_CHARS_MAX)}"}]`,
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  {
    what: "a field named __proto__",
    text: '[2,"77","DataTransfer",{"__proto__":{"admin":true}}]',
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  {
    what: "the same, in disguise",
    text: '[2,"77","DataTransfer",{"a":[{"\\u005f_proto__":1}]}]',
    v16: "77 FormationViolation",
    v201: "77 FormatViolation",
  },
  {
    what: "an id of 37 characters",
    text: `[2,"${"a".repeat(37)}","Heartbeat",{}]`,
    v16: `${"a".repeat(37)} FormationViolation`,
    v201: "-1 RpcFrameworkError",
  },
  {
    what: "an id of 1,000 characters",
    text: `[2,"${"a".repeat(1000)}","Heartbeat",{}]`,
    v16: none,
    v201: "-1 RpcFrameworkError",
  },
  { what: "an id that is a number", text: '[2,77,"Heartbeat",{}]', v16: none, v201: "-1 RpcFrameworkError" },
  { what: "an empty id", text: '[2,"","Heartbeat",{}]', v16: none, v201: "-1 RpcFrameworkError" },
  {
    what: "an id with a line end",
    text: '[2,"7\\n7","Heartbeat",{}]',
    v16: none,
    v201: "-1 RpcFrameworkError",
  },
  { what: "no id", text: "[2]", v16: none, v201: "-1 RpcFrameworkError" },
  {
    what: "an action that is a number",
    text: '[2,"77",5,{}]',
    v16: "77 FormationViolation",
    v201: "77 RpcFrameworkError",
  },
  {
    what: "no payload",
    text: '[2,"77","Heartbeat"]',
    v16: "77 FormationViolation",
    v201: "77 RpcFrameworkError",
  },
  {
    what: "five elements",
    text: '[2,"77","Heartbeat",{},{}]',
    v16: "77 FormationViolation",
    v201: "77 RpcFrameworkError",
  },
  {
    what: "an array as payload",
    text: '[2,"77","Heartbeat",[]]',
    v16: "77 FormationViolation",
    v201: "77 ProtocolError",
  },
  {
    what: "a text as payload",
    text: '[2,"77","Heartbeat","{}"]',
    v16: "77 FormationViolation",
    v201: "77 ProtocolError",
  },
  { what: "message type 5", text: '[5,"77","Heartbeat",{}]', v16: none, v201: "77 MessageTypeNotSupported" },
  {
    what: "message type text",
    text: '["2","77","Heartbeat",{}]',
    v16: none,
    v201: "77 MessageTypeNotSupported",
  },
  { what: "a CALLRESULT that is not JSON", text: '[3,"77",{"a":}]', v16: none, v201: none },
  { what: "a CALLRESULT with a text", text: '[3,"77","ok"]', v16: none, v201: none },
  { what: "a CALLRESULT without an id", text: "[3,null,{}]", v16: none, v201: none },
  { what: "a CALLERROR that is not JSON", text: '[4,"77","GenericError",}]', v16: none, v201: none },
  { what: "a CALLERROR without a code", text: '[4,"77"]', v16: none, v201: none },
];

for (const { what, text, v16, v201 } of faults) {
  test(`faults: ${what}`, () => {
    for (const [version, expected] of [
      ["1.6", v16],
      ["2.0.1", v201],
    ] as const) {
      const fault = parseFrame(text, version);
      assert.equal(fault.kind, "fault");
      if (fault.kind !== "fault") return;
      const reply = faultReply(fault, version);
      assert.equal(
        reply === undefined ? none : reply.kind === "error" && `${reply.id} ${reply.code}`,
        expected,
        version,
      );
      if (reply === undefined) continue;
      const written = writeFrame(reply);
      assert(written.length < 400, "a reply to a monster is no monster");
      assert.equal(parseFrame(written, version).kind, reply.id.length > 36 ? "fault" : "frame", written);
    }
  });
}

test("faults: a reply that cannot be read names the call it fails", () => {
  for (const text of [
    '[3,"77",{"a":}]',
    '[3,"77","ok"]',
    '[3,"77"]',
    '[4,"77","GenericError",}]',
    '[4,"77"]',
  ]) {
    const fault = parseFrame(text, "1.6");
    assert(fault.kind === "fault" && fault.about === "reply" && fault.id === "77", text);
  }
});

test("depth: as many levels as allowed are read, one more is not, and brackets in texts do not count", () => {
  const inside = (levels: number) => parseFrame(`[2,"1","A",{"d":${deep(levels)}}]`, "2.0.1").kind;
  assert.equal(inside(DEPTH_MAX - 2), "frame");
  assert.equal(inside(DEPTH_MAX - 1), "fault");
  for (const text of ["[[[[", '\\"[[[[', '\\\\\\"[[[[', "{{{{"]) {
    assert.equal(nestsDeeperThan(`["${text}"]`, 1), false, text);
  }
  assert.equal(
    nestsDeeperThan('["\\\\",[[]]]', 2),
    true,
    "an escaped backslash does not escape the quote after it",
  );
});

test("depth: the scan is linear in the worst texts", () => {
  const started = performance.now();
  for (const text of [
    '"'.repeat(1e6),
    '\\"'.repeat(5e5),
    `"${"\\".repeat(1e6)}`,
    `"${'\\\\"'.repeat(3e5)}`,
  ]) {
    nestsDeeperThan(text, 16);
  }
  assert(performance.now() - started < 1_000);
});

test("constructor, toString and the like are ordinary fields and change no object", () => {
  const text = '[2,"1","DataTransfer",{"constructor":{"prototype":{"admin":true}},"toString":"x"}]';
  const read = parseFrame(text, "2.0.1");
  assert(read.kind === "frame" && read.frame.kind === "call");
  assert.equal(Object.getPrototypeOf(read.frame.payload), Object.prototype);
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});

test("any text gives a frame or a fault: every prefix of good frames, mutations and noise", () => {
  const seed = 20_260_105;
  const chance = seededChance(seed);
  const reached = new Map<string, number>();
  const read = (text: string) => {
    for (const version of versions) {
      const result = parseFrame(text, version);
      const branch =
        result.kind === "frame"
          ? result.frame.kind
          : `${result.about}: ${result.reason.replace(/\d+/g, "N")}`;
      reached.set(branch, (reached.get(branch) ?? 0) + 1);
      if (result.kind === "frame") {
        const again = parseFrame(writeFrame(result.frame), version);
        const { deviations: _, ...frame } = result;
        assert.deepEqual(again, frame, `seed ${seed}: ${text}`);
      } else {
        const reply = faultReply(result, version);
        if (reply !== undefined) assert.doesNotThrow(() => writeFrame(reply), `seed ${seed}: ${text}`);
      }
    }
  };
  const good = [
    ...readable.map(({ text }) => text),
    '[2,"a-b","TransactionEvent",{"meterValue":[{"sampledValue":[{"value":1.5e3}]}],"é":"\\u00e9"}]',
  ];
  for (const text of good) for (let end = 0; end <= text.length; end++) read(text.slice(0, end));

  const pieces = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"',
    "\\",
    "2",
    "3",
    "4",
    "5",
    "null",
    '"1"',
    '"A"',
    "{}",
    "\\u005f_proto__",
    "__proto__",
    '{"__proto__":1}',
    " ",
    "é",
    "\u0000",
  ];
  const piece = () => pieces[chance.int(0, pieces.length - 1)] as string;
  for (let i = 0; i < 4_000; i++) {
    const text = good[chance.int(0, good.length - 1)] as string;
    const at = chance.int(0, text.length);
    read(text.slice(0, at) + piece() + text.slice(at + chance.int(0, 3)));
    read(`[${Array.from({ length: chance.int(0, 6) }, piece).join(",")}]`);
    read(Array.from({ length: chance.int(0, 12) }, piece).join(""));
    read(`[${chance.int(2, 4)},"id",${piece()},${piece()}]`);
  }
  const deepBranches = [
    "call",
    "result",
    "error",
    "call: the message is not JSON",
    "reply: the message is not JSON",
    "unreadable: the message is not JSON",
    "unreadable: the message is not a JSON array",
    "call: the payload is not a JSON object",
    "call: the action is not a text",
    "call: a field is named __proto__",
    "reply: a CALLRESULT is [N, id, {payload}]",
    "reply: a CALLERROR is [N, id, code, description, {details}]",
    "unreadable: the message type is none of N (CALL), N (CALLRESULT) and N (CALLERROR)",
  ];
  for (const branch of deepBranches)
    assert((reached.get(branch) ?? 0) >= 5, `seed ${seed} never reached: ${branch}`);
});

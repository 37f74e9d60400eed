/**
 * 20 Read File Record and 21 Write File Record (Application Protocol V1.1b3 §6.14, §6.15).
 *
 *     20  request   bytes:1 { 06 file:2 record:2 length:2 } …               bytes 7…245
 *         response  bytes:1 { bytes:1 06 register:2 … } …                   bytes 7…245
 *     21  request   bytes:1 { 06 file:2 record:2 length:2 register:2 … } …  bytes 9…251; the response is its echo
 */
import assert from "node:assert/strict";
import { ok, type Result } from "@wattward/kernel";
import { fault, type PduFault, wrongLength, wrongQuantity } from "../fault.ts";
import { bytesAt, type FunctionCodec, field, WORD_MAX, words, wordsAt } from "../function-codec.ts";

/** Highest record number of a file (§6.14). */
const RECORD_MAX = 9999;
const READ_BYTES_MAX = 245;
const WRITE_BYTES_MAX = 251;
const REFERENCE = 6;
const GROUP_BYTES = 7;

export type FileReference = {
  /** 1…65535. */
  readonly file: number;
  /** 0…9999. */
  readonly record: number;
};
export type ReadFileRecord = {
  readonly kind: "read-file-record";
  /** 1…35 of them; `length` in registers. */
  readonly records: readonly (FileReference & { readonly length: number })[];
};
export type ReadFileRecordResponse = {
  readonly kind: "read-file-record";
  readonly records: readonly (readonly number[])[];
};
export type WriteFileRecord = {
  readonly kind: "write-file-record";
  readonly records: readonly (FileReference & { readonly registers: readonly number[] })[];
};

type Group = FileReference & { readonly length: number };

/** The seven bytes that begin a group. */
function groupAt(data: DataView, offset: number): Result<Group, PduFault> {
  if (data.byteLength < offset + GROUP_BYTES) return fault("length", "the last group is cut short");
  const reference = data.getUint8(offset);
  if (reference !== REFERENCE) return fault("value", `a reference type is ${REFERENCE}, not ${reference}`);
  const [file = 0, record = 0, length = 0] = wordsAt(data, offset + 1, 3);
  if (file === 0) return fault("value", "files are numbered from 1");
  if (record > RECORD_MAX) return fault("address", `record ${record}; the last is ${RECORD_MAX}`);
  if (length === 0) return wrongQuantity(length, READ_BYTES_MAX >> 1);
  return ok({ file, record, length });
}

const groupBytes = ({ file, record, length }: Group) => [
  REFERENCE,
  ...words(field(file, WORD_MAX, "file", 1), field(record, RECORD_MAX, "record"), length),
];

/** The byte count at the front; what a message of no groups asks for is nothing. */
function counted(data: DataView, what: string, most: number): Result<number, PduFault> {
  if (data.byteLength < 1) return wrongLength(what, 0, 1);
  const bytes = data.getUint8(0);
  if (data.byteLength !== 1 + bytes) return wrongLength(what, data.byteLength, 1 + bytes);
  if (bytes === 0) return wrongQuantity(0, Math.floor(most / GROUP_BYTES));
  return bytes > most ? fault("length", `${bytes} bytes of groups; at most ${most}`) : ok(bytes);
}

const answerBytes = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + 2 + 2 * length, 0);

export const readFileRecord: FunctionCodec<ReadFileRecord, ReadFileRecordResponse> = {
  code: 20,
  kind: "read-file-record",
  readRequest(data) {
    const bytes = counted(data, this.kind, READ_BYTES_MAX);
    if (!bytes.ok) return bytes;
    const records: Group[] = [];
    for (let offset = 1; offset < data.byteLength; offset += GROUP_BYTES) {
      const group = groupAt(data, offset);
      if (!group.ok) return group;
      records.push(group.value);
    }
    const answered = answerBytes(records.map(({ length }) => length));
    if (answered > READ_BYTES_MAX) {
      return fault("value", `the answer would have ${answered} bytes of groups; at most ${READ_BYTES_MAX}`);
    }
    return ok({ kind: this.kind, records });
  },
  writeRequest({ records }) {
    assert(answerBytes(records.map(({ length }) => length)) <= READ_BYTES_MAX, "the answer would not fit");
    const groups = records.flatMap(groupBytes);
    return Uint8Array.of(field(groups.length, READ_BYTES_MAX, "bytes of groups", 7), ...groups);
  },
  readResponse(data, request) {
    const bytes = counted(data, `the answer to ${this.kind}`, READ_BYTES_MAX);
    if (!bytes.ok) return bytes;
    const records: number[][] = [];
    let offset = 1;
    for (const { length } of request.records) {
      if (data.byteLength < offset + 2 + 2 * length) return fault("length", "the last group is cut short");
      const [size, reference] = [data.getUint8(offset), data.getUint8(offset + 1)];
      if (size !== 1 + 2 * length || reference !== REFERENCE) {
        return fault("echo", `a group of ${size} bytes, type ${reference}, for ${length} registers`);
      }
      records.push(wordsAt(data, offset + 2, length));
      offset += 2 + 2 * length;
    }
    if (offset !== data.byteLength) return fault("length", `${data.byteLength - offset} bytes too many`);
    return ok({ kind: this.kind, records });
  },
  writeResponse({ records }) {
    const groups = records.flatMap((registers) => [
      1 + 2 * registers.length,
      REFERENCE,
      ...words(...registers),
    ]);
    return Uint8Array.of(field(groups.length, READ_BYTES_MAX, "bytes of groups", 1), ...groups);
  },
};

function writeOf(data: DataView): Result<WriteFileRecord, PduFault> {
  const bytes = counted(data, "write-file-record", WRITE_BYTES_MAX);
  if (!bytes.ok) return bytes;
  const records: (FileReference & { registers: number[] })[] = [];
  for (let offset = 1; offset < data.byteLength; ) {
    const group = groupAt(data, offset);
    if (!group.ok) return group;
    const { file, record, length } = group.value;
    const end = offset + GROUP_BYTES + 2 * length;
    if (end > data.byteLength) return fault("length", "the last group is cut short");
    records.push({ file, record, registers: wordsAt(data, offset + GROUP_BYTES, length) });
    offset = end;
  }
  return ok({ kind: "write-file-record", records });
}

function writeBytes({ records }: WriteFileRecord): Uint8Array {
  const groups = records.flatMap(({ file, record, registers }) => [
    ...groupBytes({ file, record, length: field(registers.length, WRITE_BYTES_MAX, "length", 1) }),
    ...words(...registers),
  ]);
  return Uint8Array.of(field(groups.length, WRITE_BYTES_MAX, "bytes of groups", 9), ...groups);
}

export const writeFileRecord: FunctionCodec<WriteFileRecord, WriteFileRecord> = {
  code: 21,
  kind: "write-file-record",
  readRequest: writeOf,
  writeRequest: writeBytes,
  readResponse(data, request) {
    const read = writeOf(data);
    if (!read.ok) return read;
    const [got, asked] = [bytesAt(data, 0, data.byteLength), writeBytes(request)];
    const same = got.length === asked.length && got.every((byte, i) => byte === asked[i]);
    return same ? read : fault("echo", "the records came back changed");
  },
  writeResponse: writeBytes,
};

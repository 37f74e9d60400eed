/**
 * 43 Encapsulated Interface Transport (Application Protocol V1.1b3 §6.19 to §6.21), by its MEI type:
 *
 *     14  request   0e code:1 object:1                      code 1 basic, 2 regular, 3 extended, 4 one object
 *         response  0e code:1 conformity:1 more:1 next:1 count:1 { id:1 bytes:1 value } …
 *     13  both      0d and what CANopen (CiA 309-2) has to say, which is not read here
 */
import { ok } from "@wattward/kernel";
import { fault, notEchoed, wrongLength } from "../fault.ts";
import { bytesAt, type FunctionCodec, field } from "../function-codec.ts";

export const MEI_DEVICE_IDENTIFICATION = 14;
export const MEI_CANOPEN = 13;
/** Bytes of objects that fit an answer, each with its id and length. */
const IDENTIFICATION_BYTES_MAX = 246;
const CANOPEN_BYTES_MAX = 251;

export type ReadDeviceIdentification = {
  readonly kind: "read-device-identification";
  /** 1 basic, 2 regular, 3 extended: a stream from `object` on; 4: that object alone. */
  readonly code: 1 | 2 | 3 | 4;
  readonly object: number;
};
export type DeviceIdentification = {
  readonly kind: "read-device-identification";
  readonly code: 1 | 2 | 3 | 4;
  /** What the device supports: 1…3, with 128 where it answers for one object too. */
  readonly conformity: number;
  /** The object to go on from; absent where this was all. */
  readonly next?: number;
  /** Values are text by convention, bytes by the specification. */
  readonly objects: readonly { readonly id: number; readonly value: Uint8Array }[];
};

const isCode = (n: number): n is 1 | 2 | 3 | 4 => n >= 1 && n <= 4;
const MORE = 0xff;

export const readDeviceIdentification: FunctionCodec<ReadDeviceIdentification, DeviceIdentification> = {
  code: 43,
  kind: "read-device-identification",
  readRequest(data) {
    if (data.byteLength !== 3) return wrongLength(this.kind, data.byteLength, 3);
    const [code, object] = [data.getUint8(1), data.getUint8(2)];
    if (!isCode(code)) return fault("value", `a device id code is 1 to 4, not ${code}`);
    return ok({ kind: this.kind, code, object });
  },
  writeRequest: ({ code, object }) =>
    Uint8Array.of(MEI_DEVICE_IDENTIFICATION, field(code, 4, "code", 1), field(object, 255, "object")),
  readResponse(data, request) {
    if (data.byteLength < 6) return wrongLength(`the answer to ${this.kind}`, data.byteLength, 6);
    const [mei, code, conformity, more, next, count] = bytesAt(data, 0, 6) as unknown as Six;
    if (mei !== MEI_DEVICE_IDENTIFICATION) return notEchoed("MEI type", mei, MEI_DEVICE_IDENTIFICATION);
    if (!isCode(code) || code !== request.code) return notEchoed("device id code", code, request.code);
    if (more !== 0 && more !== MORE) return fault("value", `'more follows' is 00 or ff, not ${more}`);
    if (more === 0 && next !== 0) return fault("value", `nothing follows, and yet object ${next} is next`);
    const objects: { id: number; value: Uint8Array }[] = [];
    let offset = 6;
    for (let n = 0; n < count; n++) {
      const bytes = data.byteLength < offset + 2 ? Number.POSITIVE_INFINITY : data.getUint8(offset + 1);
      if (data.byteLength < offset + 2 + bytes) return fault("length", "the last object is cut short");
      objects.push({ id: data.getUint8(offset), value: bytesAt(data, offset + 2, bytes) });
      offset += 2 + bytes;
    }
    if (offset !== data.byteLength) return fault("length", `${data.byteLength - offset} bytes too many`);
    return ok({ kind: this.kind, code, conformity, ...(more === MORE && { next }), objects });
  },
  writeResponse({ code, conformity, next, objects }) {
    const list = objects.flatMap(({ id, value }) => [field(id, 255, "object"), value.length, ...value]);
    field(list.length, IDENTIFICATION_BYTES_MAX, "bytes of objects");
    const more = next === undefined ? [0, 0] : [MORE, field(next, 255, "object")];
    return Uint8Array.of(
      MEI_DEVICE_IDENTIFICATION,
      code,
      field(conformity, 255, "conformity"),
      ...more,
      objects.length,
      ...list,
    );
  },
};

type Six = readonly [number, number, number, number, number, number];

export type CanopenGeneralReference = {
  readonly kind: "canopen-general-reference";
  /** 0…251 bytes, not looked into. */
  readonly data: Uint8Array;
};

const canopenOf = (data: DataView) =>
  data.byteLength >= 1 && data.getUint8(0) === MEI_CANOPEN
    ? ok<CanopenGeneralReference>({
        kind: "canopen-general-reference",
        data: bytesAt(data, 1, data.byteLength - 1),
      })
    : fault("echo", "the MEI type is not that of CANopen");
const canopenBytes = ({ data }: CanopenGeneralReference) => {
  field(data.length, CANOPEN_BYTES_MAX, "bytes");
  return Uint8Array.of(MEI_CANOPEN, ...data);
};

export const canopenGeneralReference: FunctionCodec<CanopenGeneralReference, CanopenGeneralReference> = {
  code: 43,
  kind: "canopen-general-reference",
  readRequest: canopenOf,
  writeRequest: canopenBytes,
  readResponse: canopenOf,
  writeResponse: canopenBytes,
};

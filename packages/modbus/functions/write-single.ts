/**
 * 05 Write Single Coil and 06 Write Single Register (Application Protocol V1.1b3 §6.5, §6.6). The response is the request,
 * echoed: a device that says it wrote something else is not believed.
 *
 *     coil      address:2 ff00 | 0000
 *     register  address:2 value:2
 */
import { ok } from "@wattward/kernel";
import { fault, notEchoed, wrongLength } from "../fault.ts";
import { type FunctionCodec, words } from "../function-codec.ts";

export type WriteSingleCoil = {
  readonly kind: "write-single-coil";
  readonly address: number;
  readonly on: boolean;
};
export type WriteSingleRegister = {
  readonly kind: "write-single-register";
  readonly address: number;
  /** 0…65535; what it means is the device's affair. */
  readonly value: number;
};

const ON = 0xff00;

const coilOf = (data: DataView) => {
  if (data.byteLength !== 4) return wrongLength("write-single-coil", data.byteLength, 4);
  const value = data.getUint16(2);
  if (value !== ON && value !== 0) return fault("value", `a coil is ff00 or 0000, not ${value.toString(16)}`);
  return ok<WriteSingleCoil>({ kind: "write-single-coil", address: data.getUint16(0), on: value === ON });
};
const coilBytes = ({ address, on }: WriteSingleCoil) => words(address, on ? ON : 0);

export const writeSingleCoil: FunctionCodec<WriteSingleCoil, WriteSingleCoil> = {
  code: 5,
  kind: "write-single-coil",
  readRequest: coilOf,
  writeRequest: coilBytes,
  readResponse(data, request) {
    const read = coilOf(data);
    if (!read.ok) return read;
    const { address, on } = read.value;
    if (address !== request.address) return notEchoed("address", address, request.address);
    if (on !== request.on) return notEchoed("coil", Number(on), Number(request.on));
    return read;
  },
  writeResponse: coilBytes,
};

const registerOf = (data: DataView) => {
  if (data.byteLength !== 4) return wrongLength("write-single-register", data.byteLength, 4);
  return ok<WriteSingleRegister>({
    kind: "write-single-register",
    address: data.getUint16(0),
    value: data.getUint16(2),
  });
};
const registerBytes = ({ address, value }: WriteSingleRegister) => words(address, value);

export const writeSingleRegister: FunctionCodec<WriteSingleRegister, WriteSingleRegister> = {
  code: 6,
  kind: "write-single-register",
  readRequest: registerOf,
  writeRequest: registerBytes,
  readResponse(data, request) {
    const read = registerOf(data);
    if (!read.ok) return read;
    const { address, value } = read.value;
    if (address !== request.address) return notEchoed("address", address, request.address);
    if (value !== request.value) return notEchoed("value", value, request.value);
    return read;
  },
  writeResponse: registerBytes,
};

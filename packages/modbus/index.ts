/** Modbus/TCP: frames, every public function, a client and a server over any byte link. Sockets: `@wattward/modbus/tcp`. */
export * from "./client.ts";
export * from "./exception.ts";
export type { MasterEvent } from "./exchanges.ts";
export type { PduFault, PduFaultReason } from "./fault.ts";
export {
  type MaskWriteRegister,
  masked,
  type ReadWriteMultipleRegisters,
} from "./functions/change-registers.ts";
export type { DeviceIdentification, ReadDeviceIdentification } from "./functions/encapsulated-interface.ts";
export type { ReadFileRecord, WriteFileRecord } from "./functions/file-record.ts";
export { READ_REGISTERS_MAX } from "./functions/read-registers.ts";
export { type Diagnostics, diagnostics } from "./functions/serial-line.ts";
export type { WriteMultipleCoils, WriteMultipleRegisters } from "./functions/write-multiple.ts";
export type { WriteSingleCoil, WriteSingleRegister } from "./functions/write-single.ts";
export * from "./link.ts";
export * from "./mbap.ts";
export * from "./pdu.ts";
export * from "./server.ts";

/** What a test may use in place of devices and sockets: simulated links, register banks, messages by chance. */
export { bytesOf, hexOf } from "./bytes.ts";
export { modbusAuthority, opensslMissing } from "./certificates.ts";
export { dataFolder } from "./data.ts";
export { anyRequest, anyResponse } from "./messages.ts";
export { SimulatedModbusNetwork } from "./network.ts";
export { RegisterBank } from "./registers.ts";

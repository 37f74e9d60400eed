/** Modbus in packet captures: every exchange, decoded, in order. */
export * from "./exchange.ts";
export { type Capture, type Packet, readPcap } from "./pcap.ts";
export { type Endpoint, type Segment, segmentOf } from "./segment.ts";

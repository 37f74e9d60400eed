/** Modbus in packet captures: every exchange, decoded, in order. */
export * from "./captured.ts";
export { LATE_MS } from "./connection.ts";
export * from "./exchange.ts";
export { type Capture, type Packet, readPcap } from "./pcap.ts";
export { CaptureReading } from "./reading.ts";
export { type Endpoint, type Segment, segmentOf } from "./segment.ts";

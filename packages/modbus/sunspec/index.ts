/** SunSpec on Modbus: discovery, points in engineering units, writes; the models as data. */
export * from "./discovery.ts";
export { mapBegins, mapEnds, type PlacedPoint } from "./layout.ts";
export { type Group, type Model, type Point, walk } from "./model.ts";
export { models } from "./models/index.ts";
export { type PointType, type PointValue, SCALE_MAX } from "./point.ts";
export { Reading, readingOf, scaled } from "./reading.ts";
export { mapRegisters, modelRegisters, type WriteFault, writesOf } from "./writing.ts";

/** SunSpec on Modbus: discovery, points in engineering units, writes; the models as data. */
export * from "./discovery.ts";
export type { PlacedPoint } from "./layout.ts";
export { type Group, type Model, type Point, walk } from "./model.ts";
export { modelName, models } from "./models/index.ts";
export { absentPoint, type PointType, type PointValue, readPoint, SCALE_MAX, writePoint } from "./point.ts";
export { Reading, readingOf, scaled, unscaled } from "./reading.ts";
export { mapBegins, mapEnds, mapRegisters, modelRegisters, type WriteFault, writesOf } from "./writing.ts";

/**
 * The points of a device's SunSpec models as typed registers of a policy: where a point lies follows from where its model was found
 * (Device Information Model Specification V1.1 §6), its type, scale factor and "not implemented" from the model's definition.
 */
import { models, type Point, walk } from "@wattward/modbus/sunspec";
import type { TypedRegister } from "./policy.ts";

/** As discovery found it: `address` is that of its header, `length` counts the registers behind it. */
export type PlacedModel = { readonly id: number; readonly address: number; readonly length: number };

/** What brings a setpoint into force, and after what time the device lets go of it. */
const links: { readonly [register: string]: readonly [enable: string, revertTime: string] } = {
  "123.WMaxLimPct": ["WMaxLim_Ena", "WMaxLimPct_RvrtTms"],
  "124.OutWRte": ["StorCtl_Mod", "InOutWRte_RvrtTms"],
  "124.InWRte": ["StorCtl_Mod", "InOutWRte_RvrtTms"],
  "704.WMaxLimPct": ["WMaxLimPctEna", "WMaxLimPctRvrtTms"],
  "704.WSet": ["WSetEna", "WSetRvrtTms"],
};

/** The models of one device at their places; its points become typed registers when they are asked for, `124.OutWRte`. */
export class Placed {
  private readonly placed: readonly PlacedModel[];
  private readonly typed = new Map<string, TypedRegister>();

  constructor(placed: readonly PlacedModel[]) {
    this.placed = placed;
  }

  get registers(): readonly TypedRegister[] {
    return [...this.typed.values()].sort((a, b) => a.address - b.address);
  }

  has(id: number): boolean {
    return this.placed.some((model) => model.id === id);
  }

  rangeOf(id: number): { readonly from: number; readonly to: number } {
    const { address = 0, length = 1 } = this.modelOf(id) ?? {};
    return { from: address + 2, to: address + 1 + length };
  }

  /** The name of a point's register; undefined where the device does not have the point. */
  point(id: number, name: string): string | undefined {
    const placed = this.modelOf(id);
    const points = pointsOf(id);
    const point = points.get(name);
    if (placed === undefined || point === undefined) return undefined;
    if (point.offset + point.registers > placed.length) return undefined;
    const scale = point.scale === undefined ? undefined : points.get(point.scale)?.offset;
    const first = placed.address + 2;
    const registerName = `${id}.${name}`;
    const [enable, revertTime] = (links[registerName] ?? []).map((link) => this.point(id, link));
    this.typed.set(registerName, {
      name: registerName,
      address: first + point.offset,
      ...typeOf(point),
      ...(scale !== undefined && { scaleFrom: first + scale }),
      ...(point.unit !== undefined && { unit: point.unit.trim() }),
      ...(enable !== undefined && { enable }),
      ...(revertTime !== undefined && { revertTime }),
    });
    return registerName;
  }

  private modelOf(id: number) {
    return this.placed.find((model) => model.id === id);
  }
}

type PlacedPoint = Point & { readonly offset: number };

/** The fixed part of a model: groups that repeat are neither written nor looked at here. */
function pointsOf(id: number): ReadonlyMap<string, PlacedPoint> {
  const points = new Map<string, PlacedPoint>();
  const model = models.get(id);
  if (model === undefined) return points;
  let offset = 0;
  walk(model, (path, point) => {
    if (path.includes(".")) return "stop";
    points.set(path, { ...point, offset });
    offset += point.registers;
    return undefined;
  });
  return points;
}

/** What says "not implemented" is no value (Device Information Model Specification V1.1 §4.4). */
function typeOf({ type }: Point): Pick<TypedRegister, "type" | "absent"> {
  switch (type) {
    case "int16":
    case "sunssf":
      return { type: "int16", absent: 0x8000 };
    case "int32":
      return { type: "int32", absent: 0x8000_0000 };
    case "uint32":
    case "acc32":
    case "bitfield32":
      return { type: "uint32", absent: 0xffff_ffff };
    case "float32":
      return { type: "float32" };
    case "uint64":
    case "acc64":
      return { type: "uint64" };
    default:
      return { type: "uint16", absent: 0xffff };
  }
}

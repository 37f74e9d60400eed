/**
 * The power of a site as a picture: where each ribbon runs, how wide it is, which way its arrows point. Sources stand on the
 * left, what uses power on the right, and stay there whichever way their power flows. Pure, in pixels.
 */
import type { Flows } from "../api/energy-shapes.ts";

export const flowNames = ["solar", "grid", "battery", "cars", "building"] as const;
export type FlowName = (typeof flowNames)[number];

/** Into the site's own wires, out of them, no power that matters, or nobody knows. */
export type Way = "in" | "out" | "still" | "unknown";

export type FlowNode = { readonly name: FlowName; readonly powerW: number | undefined; readonly way: Way };

/** Less is the noise of a meter. */
const STILL_W = 50;

const toHub: Readonly<Record<FlowName, (flows: Flows) => number | undefined>> = {
  solar: ({ solarW }) => solarW,
  grid: ({ gridW }) => gridW,
  battery: ({ batteryW }) => batteryW,
  cars: ({ carsW }) => negated(carsW),
  building: ({ buildingW }) => negated(buildingW),
};
const negated = (value: number | undefined) => (value === undefined ? undefined : -value);

/** Power into the site's wires is positive here, whoever gives it. */
export function flowNodes(flows: Flows, shown: readonly FlowName[]): readonly FlowNode[] {
  return flowNames
    .filter((name) => shown.includes(name))
    .map((name): FlowNode => {
      const value = toHub[name](flows);
      if (value === undefined || !Number.isFinite(value)) return { name, powerW: undefined, way: "unknown" };
      return { name, powerW: value, way: Math.abs(value) < STILL_W ? "still" : value > 0 ? "in" : "out" };
    });
}

export const sideOf = (name: FlowName): "left" | "right" =>
  name === "cars" || name === "building" ? "right" : "left";

export type Arrow = { readonly x: number; readonly y: number; readonly degrees: number };
export type FlowRibbon = {
  readonly name: FlowName;
  readonly way: Way;
  readonly path: string;
  readonly width: number;
  readonly arrows: readonly Arrow[];
  /** Along its middle, the way that the power flows; none where it does not. */
  readonly course: readonly Point[];
};
export type Place = { readonly width: number; readonly height: number };

/** All ribbons of one side at the hub, at most; a line that carries next to nothing is still seen. */
const HUB_MOST = 46;
const LEAST = 2;
const IDLE = 1.5;
const HUB_GAP = 3;
const ARROWS_AT = [0.24, 0.5, 0.76];
const COURSE_AT = Array.from({ length: 13 }, (_, i) => i / 12);

export function flowRibbons(nodes: readonly FlowNode[], { width, height }: Place): readonly FlowRibbon[] {
  const sides = (["left", "right"] as const).map((side) => nodes.filter(({ name }) => sideOf(name) === side));
  const most = Math.max(...sides.map((side) => side.reduce((sum, node) => sum + sizeOf(node), 0)));
  const perWatt = most > 0 ? HUB_MOST / most : 0;
  return sides.flatMap((side, index) => {
    const widths = side.map((node) => ribbonWidth(node, perWatt));
    const stack = widths.reduce((sum, each) => sum + each, 0) + HUB_GAP * Math.max(0, side.length - 1);
    let at = (height - stack) / 2;
    return side.map((node, row): FlowRibbon => {
      const ribbon = widths[row] ?? IDLE;
      const hub = { x: width / 2, y: at + ribbon / 2 };
      at += ribbon + HUB_GAP;
      const outer = { x: index === 0 ? 0 : width, y: ((row + 0.5) * height) / side.length };
      return { name: node.name, way: node.way, width: ribbon, ...curve(outer, hub, node.way) };
    });
  });
}

const sizeOf = ({ powerW }: FlowNode): number => Math.abs(powerW ?? 0);

function ribbonWidth(node: FlowNode, perWatt: number): number {
  return node.way === "still" || node.way === "unknown" ? IDLE : Math.max(LEAST, sizeOf(node) * perWatt);
}

export type Point = { readonly x: number; readonly y: number };

/** From a node at the edge to its place at the hub; both ends level. */
function curve(outer: Point, hub: Point, way: Way): Pick<FlowRibbon, "path" | "arrows" | "course"> {
  const bend = (hub.x - outer.x) * 0.55;
  const points = [outer, { x: outer.x + bend, y: outer.y }, { x: hub.x - bend, y: hub.y }, hub] as const;
  const [a, b, c, d] = points;
  const path = `M${round(a.x)} ${round(a.y)} C${round(b.x)} ${round(b.y)} ${round(c.x)} ${round(c.y)} ${round(d.x)} ${round(d.y)}`;
  if (way !== "in" && way !== "out") return { path, arrows: [], course: [] };
  // Every curve is drawn from its node to the hub.
  const inwards = way === "in";
  const course = COURSE_AT.map((t) => pointAt(points, inwards ? t : 1 - t));
  return { path, course, arrows: ARROWS_AT.map((t) => arrowAt(points, t, !inwards)) };
}

type Curve = readonly [Point, Point, Point, Point];

function pointAt([a, b, c, d]: Curve, t: number): Point {
  const u = 1 - t;
  const at = (of: "x" | "y") =>
    round(u ** 3 * a[of] + 3 * u * u * t * b[of] + 3 * u * t * t * c[of] + t ** 3 * d[of]);
  return { x: at("x"), y: at("y") };
}

function arrowAt(points: Curve, t: number, outwards: boolean): Arrow {
  const [a, b, c, d] = points;
  const u = 1 - t;
  const slope = (of: "x" | "y") =>
    3 * u * u * (b[of] - a[of]) + 6 * u * t * (c[of] - b[of]) + 3 * t * t * (d[of] - c[of]);
  const degrees = (Math.atan2(slope("y"), slope("x")) * 180) / Math.PI;
  return { ...pointAt(points, t), degrees: round(outwards ? degrees + 180 : degrees) };
}

const round = (value: number): number => Math.round(value * 10) / 10;

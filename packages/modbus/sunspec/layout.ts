/**
 * How a device's map begins and ends, and where each point of a model lies. A model without counted groups always lies the same, so that
 * is reckoned once; with them it depends on the counts in the registers, and only a walk can tell.
 */
import { type Group, type Model, type Point, walk } from "./model.ts";
import { absentPoint } from "./point.ts";

export type PlacedPoint = {
  readonly path: string;
  readonly point: Point;
  /** Registers from behind the model's header. */
  readonly offset: number;
};

export type Layout = {
  /** By path, in the order of their registers. */
  readonly points: ReadonlyMap<string, PlacedPoint>;
  /** Registers behind the header. */
  readonly length: number;
  /** The model with its header, where nothing of it is implemented. */
  readonly absent: readonly number[];
};

/** "SunS". */
export const mapBegins = [0x5375, 0x6e53] as const;
/** The end of the models, where a header would be. */
export const mapEnds = [0xffff, 0] as const;

const layouts = new WeakMap<Model, Layout | "varies">();

/** Undefined where it depends on the registers. */
export function layoutOf(model: Model): Layout | undefined {
  const known = layouts.get(model) ?? reckoned(model);
  layouts.set(model, known);
  return known === "varies" ? undefined : known;
}

const isCounted = ({ count, groups }: Group): boolean => count !== undefined || groups.some(isCounted);

function reckoned(model: Model): Layout | "varies" {
  if (isCounted(model.root)) return "varies";
  const points = new Map<string, PlacedPoint>();
  const absent: number[] = [];
  walk(model, (path, point) => {
    points.set(path, { path, point, offset: absent.length });
    absent.push(...absentPoint(point.type, point.registers));
    return undefined;
  });
  return { points, length: absent.length, absent: [model.id, absent.length, ...absent] };
}

/** The power of the site now between grid, sun, battery, building and cars: a picture anyone understands, and its words. */
import { useLayoutEffect, useRef, useState } from "react";
import type { EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { Figure } from "../display/figure.tsx";
import { Panel } from "../display/panel.tsx";
import { dash, power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { words } from "../strings/en.ts";
import { FlowIcon } from "./flow-icon.tsx";
import styles from "./flow-panel.module.css";
import { type FlowName, type FlowNode, flowNodes, flowRibbons, sideOf } from "./flow-picture.ts";
import { type Freshness, freshnessOf } from "./freshness.ts";
import { type Tightest, tightest, toneOfTaken } from "./fuse-rows.ts";
import { MovingDots } from "./moving-dots.tsx";
import { Told, useOldLook } from "./told.tsx";

const say = words.energy.flow;

/** Half of the bar that all ribbons meet at. */
const HUB = 30;

type Props = { readonly snapshot: EnergySnapshot; readonly site: Topology };

export function FlowPanel({ snapshot, site }: Props) {
  const nowMs = useNow();
  const freshness = freshnessOf(snapshot.atWallMs, nowMs);
  const oldLook = useOldLook(snapshot.atWallMs);
  const nodes = flowNodes(snapshot.flows, shownOf(site, snapshot));
  return (
    <Panel title={say.title} end={<Told atMs={snapshot.atWallMs} />}>
      <div className={`${styles.picture} ${oldLook.className ?? ""}`}>
        <FlowDrawing nodes={nodes} charge={chargeOf(snapshot)} freshness={freshness} />
        <Facts snapshot={snapshot} site={site} nodes={nodes} />
      </div>
    </Panel>
  );
}

/** What the site has, or what it tells of although it is in no document. */
function shownOf(site: Topology, { flows }: EnergySnapshot): readonly FlowName[] {
  const has = (kind: string) => site.sources.some((source) => source.kind === kind);
  const shown: FlowName[] = ["grid", "cars"];
  if (has("solar") || typeof flows.solarW === "number") shown.push("solar");
  if (has("battery") || typeof flows.batteryW === "number") shown.push("battery");
  if (site.loads.length > 0 || typeof flows.buildingW === "number") shown.push("building");
  return shown;
}

/** Of all batteries together; undefined where one of them does not tell. */
function chargeOf({ batteries }: EnergySnapshot): number | undefined {
  if (batteries.length === 0) return undefined;
  return batteries.reduce((sum, battery) => sum + battery.chargePermille, 0) / batteries.length / 1000;
}

type DrawingProps = {
  readonly nodes: readonly FlowNode[];
  readonly charge: number | undefined;
  readonly freshness: Freshness;
};

function FlowDrawing({ nodes, charge, freshness }: DrawingProps) {
  const { place, size } = useSize();
  const ribbons = size.width > 0 ? flowRibbons(nodes, size) : [];
  const side = (of: "left" | "right") => nodes.filter(({ name }) => sideOf(name) === of);
  return (
    <div className={styles.flow} data-freshness={freshness}>
      <Side nodes={side("left")} charge={charge} side="left" />
      <div ref={place} className={styles.place}>
        <svg
          className={styles.ribbons}
          viewBox={`0 0 ${size.width} ${size.height}`}
          width={size.width}
          height={size.height}
          role="img"
          aria-label={say.picture(nodes.map((node) => sentenceOf(node)))}
        >
          {ribbons.map(({ name, way, path, width, arrows }) => (
            <g key={name} data-flow={name} data-way={way}>
              <path className={styles.ribbon} d={path} strokeWidth={width} />
              {arrows.map(({ x, y, degrees }) => (
                <path
                  key={`${x} ${y}`}
                  className={width >= 9 ? styles.arrowIn : styles.arrowOn}
                  transform={`translate(${x} ${y}) rotate(${degrees})`}
                  d={width >= 9 ? "M-2.6 -3.6L2 0L-2.6 3.6" : "M-3.4 -4.4L3.4 0L-3.4 4.4Z"}
                />
              ))}
            </g>
          ))}
          {size.width > 0 && (
            <path className={styles.hub} d={`M${size.width / 2} ${size.height / 2 - HUB}v${2 * HUB}`} />
          )}
        </svg>
        {freshness === "fresh" &&
          ribbons.map(({ name, way, course }) => (
            <MovingDots key={`${name} ${way} ${size.width}`} name={name} course={course} />
          ))}
      </div>
      <Side nodes={side("right")} charge={undefined} side="right" />
    </div>
  );
}

function Side(props: { nodes: readonly FlowNode[]; charge: number | undefined; side: "left" | "right" }) {
  return (
    <ul className={props.side === "left" ? styles.left : styles.right}>
      {props.nodes.map((node) => (
        <li key={node.name} className={styles.node} data-flow={node.name} data-way={node.way}>
          <span className={styles.name}>
            <FlowIcon name={node.name} charge={node.name === "battery" ? props.charge : undefined} />
            {say.name[node.name]}
            {node.name === "battery" && props.charge !== undefined && (
              <span className={styles.charge}>{say.charge(Math.round(props.charge * 100))}</span>
            )}
          </span>
          <Figure of={power(sizeOf(node))} size="tile" />
          <span className={styles.way}>{wayOf(node)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Its sign is in the words: nobody has to know which way is minus. */
const sizeOf = ({ powerW }: FlowNode) => (powerW === undefined ? undefined : Math.abs(powerW));
const wayOf = ({ name, way }: FlowNode) => say.way[name][way];
const sentenceOf = (node: FlowNode) =>
  say.sentence(say.name[node.name], written(power(sizeOf(node))), wayOf(node));

function Facts({ snapshot, site, nodes }: Props & { readonly nodes: readonly FlowNode[] }) {
  const most = tightest(site.fuses, snapshot.fuses);
  const own = ownNow(nodes);
  return (
    <dl className={styles.facts}>
      {most !== undefined && Number.isFinite(most.taken) && (
        <div>
          <dt>{say.tightest}</dt>
          <dd data-tone={toneOfTightest(most)}>
            {(most.by === "measured" ? say.tightestAt : say.tightestReserved)(
              ...([most.fuse, most.phase, Math.round(most.taken * 100)] as const),
            )}
          </dd>
        </div>
      )}
      {site.sources.length > 0 && (
        <div title={say.ownHelp}>
          <dt>{say.own}</dt>
          <dd>{own === undefined ? dash : say.charge(Math.round(own * 100))}</dd>
        </div>
      )}
    </dl>
  );
}

/** That nearly all is reserved is as it should be. */
function toneOfTightest({ taken, by }: Tightest): "danger" | "care" | undefined {
  const tone = toneOfTaken(taken);
  return tone === "calm" || (tone === "care" && by === "reserved") ? undefined : tone;
}

/** Share of what is used now that does not come from the grid; unknown where anything is. */
function ownNow(nodes: readonly FlowNode[]): number | undefined {
  const used = nodes.filter(({ name }) => sideOf(name) === "right");
  const grid = nodes.find(({ name }) => name === "grid")?.powerW;
  if (grid === undefined || used.some(({ powerW }) => powerW === undefined)) return undefined;
  const usedW = used.reduce((sum, { powerW }) => sum - Math.min(0, powerW ?? 0), 0);
  return usedW < 100 ? undefined : Math.min(1, Math.max(0, 1 - Math.max(0, grid) / usedW));
}

function useSize() {
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const look = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { place, size };
}

/** The fuse tree with its load: of each phase what is measured now, what is reserved for what runs anyway and for cars, and the rating. */
import { Link } from "@tanstack/react-router";
import type { EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { Panel } from "../display/panel.tsx";
import { words } from "../strings/en.ts";
import { FlowIcon } from "./flow-icon.tsx";
import { ampere, barParts, type FuseRow, fuseRows, type PhaseLoad, toneOfPhase } from "./fuse-rows.ts";
import styles from "./fuse-tree.module.css";
import { Key } from "./key.tsx";
import { Told, useOldLook } from "./told.tsx";

const say = words.energy.fuses;
const keyParts = [
  { part: "measured", name: say.measured },
  { part: "base", name: say.base },
  { part: "may", name: say.cars },
  { part: "free", name: say.free },
] as const;

export function FuseTree({ snapshot, site }: { snapshot: EnergySnapshot | undefined; site: Topology }) {
  const rows = fuseRows(site, snapshot?.fuses ?? []);
  const oldLook = useOldLook(snapshot?.atWallMs);
  return (
    <Panel title={say.title} end={<Told atMs={snapshot?.atWallMs} />}>
      <p className={styles.lead}>{say.lead}</p>
      <Key className={styles.key} parts={keyParts} />
      <ul {...oldLook} className={`${styles.tree} ${oldLook.className ?? ""}`}>
        {rows.map((row) => (
          <li key={row.id} className={styles.fuse} style={{ "--depth": row.depth } as React.CSSProperties}>
            <FuseHead row={row} />
            {row.load === undefined ? (
              <p className={styles.unknown}>{say.unknown}</p>
            ) : (
              <ul className={styles.phases}>
                {row.phases.map((phase) => (
                  <Phase key={phase.phase} load={phase} />
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function FuseHead({ row }: { row: FuseRow }) {
  const { id, ratedMa, depth, load, outlets, parent } = row;
  return (
    <div className={styles.head}>
      <strong className={styles.name}>{id}</strong>
      <span className={styles.rated}>{say.rated(ampere(ratedMa))}</span>
      <span className={styles.dim}>
        {parent === undefined && depth === 0 ? say.connection : say.above(parent ?? "")}
      </span>
      {load !== undefined && (
        <span
          className={styles.known}
          title={load.known === "metered" ? say.meteredHelp : say.declaredHelp}
          data-known={load.known}
        >
          {load.known === "metered" ? say.metered : say.declared}
        </span>
      )}
      {load?.beyondDeclaration === true && (
        <span className={styles.beyond}>
          <Glyph shape="danger" tone="danger" />
          {say.beyond}
        </span>
      )}
      <span className={styles.hangs}>
        {outlets > 0 && (
          <Link
            to="."
            search={(before) => ({ ...before, fuse: id }) as never}
            resetScroll={false}
            replace
            className={styles.outlets}
          >
            {say.outlets(outlets)}
          </Link>
        )}
        {row.sources.map(({ id: source, kind }) => (
          <span key={source} className={styles.thing}>
            <FlowIcon name={kind === "solar" ? "solar" : "battery"} />
            {source}
          </span>
        ))}
        {row.loads.map((one) => (
          <span key={one} className={styles.thing}>
            <FlowIcon name="building" />
            {one}
          </span>
        ))}
      </span>
    </div>
  );
}

function Phase({ load }: { load: PhaseLoad }) {
  const { phase, baseMa, mayMa, ratedMa, measuredMa } = load;
  const tone = toneOfPhase(load);
  const { base, may, measured } = barParts(load);
  const reserved = ampere(Math.max(0, baseMa + mayMa));
  const now = measuredMa === undefined ? undefined : ampere(measuredMa);
  const label = say.phaseLabel({
    phase,
    now,
    reserved,
    base: ampere(baseMa),
    may: ampere(mayMa),
    rated: ampere(ratedMa),
  });
  return (
    <li className={styles.phase} data-tone={tone} title={label}>
      <span className={styles.hidden}>{label}</span>
      <span aria-hidden="true" className={styles.phaseName}>
        {phase}
      </span>
      <span aria-hidden="true" className={styles.track}>
        <span data-part="base" style={{ width: `${base}%` }} />
        <span data-part="may" style={{ width: `${may}%` }} />
        {measuredMa !== undefined && <span data-part="measured" style={{ width: `${measured}%` }} />}
      </span>
      <span aria-hidden="true" className={styles.figure}>
        {tone !== "calm" && <Glyph shape={tone} tone={tone} />}
        {now === undefined ? say.notMeasured : <strong>{say.now(now)}</strong>}
      </span>
      <span aria-hidden="true" className={styles.reserved}>
        {say.reservedOf(reserved, ampere(ratedMa))}
      </span>
    </li>
  );
}

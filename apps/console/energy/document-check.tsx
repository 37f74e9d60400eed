/** What is wrong with a document, line by line, and what it would mean: what each fuse carries with no controller at all. */
import type { EnergyCheck } from "../api/energy-shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { Panel } from "../display/panel.tsx";
import { sentenceOf } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import styles from "./document-check.module.css";
import { ampere, PHASES, toneOfTaken } from "./fuse-rows.ts";

const say = words.energy.document;

type Props = {
  readonly check: EnergyCheck | undefined;
  readonly error: Error | null;
  readonly goTo: (line: number) => void;
};

export function DocumentCheck({ check, error, goTo }: Props) {
  return (
    <>
      <Panel title={say.check}>
        <div role="status" className={styles.verdict}>
          {error !== null ? (
            <>
              <Glyph shape="unknown" tone="off" />
              {sentenceOf(error)}
            </>
          ) : check === undefined ? (
            say.checking
          ) : check.faults.length > 0 ? (
            <>
              <Glyph shape="danger" tone="danger" />
              <strong>{say.faults(check.faults.length)}</strong>
            </>
          ) : (
            <>
              <Glyph shape="well" tone="well" />
              {say.well}
            </>
          )}
        </div>
        {check !== undefined && <Findings of={check.faults} goTo={goTo} grave />}
        {check !== undefined && <Findings of={check.notes} goTo={goTo} />}
      </Panel>
      {check !== undefined && check.safeSums.length > 0 && <SafeSums check={check} />}
    </>
  );
}

function Findings(props: { of: EnergyCheck["faults"]; goTo: (line: number) => void; grave?: boolean }) {
  if (props.of.length === 0) return null;
  return (
    <ul className={styles.findings} data-grave={props.grave}>
      {props.of.map(({ path, sentence, line }) => (
        <li key={`${line} ${path} ${sentence}`}>
          {line === null ? (
            <code>{path}</code>
          ) : (
            <button type="button" onClick={() => props.goTo(line)} title={say.goTo(line)}>
              {say.fault(line, path)}
            </button>
          )}
          <span>{sentence}</span>
        </li>
      ))}
    </ul>
  );
}

function SafeSums({ check: { safeSums, withoutPower } }: { check: EnergyCheck }) {
  const told = say.safe;
  return (
    <Panel title={told.title}>
      <p className={styles.lead}>{told.lead}</p>
      <div className={styles.scroll}>
        <table className={styles.sums}>
          <thead>
            <tr>
              <th scope="col">{told.fuse}</th>
              {PHASES.map((phase) => (
                <th key={phase} scope="col">
                  {phase}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {safeSums.map(({ fuse, safeMa, roomMa }) => (
              <tr key={fuse}>
                <th scope="row">{fuse}</th>
                {PHASES.map((phase, i) => (
                  <td key={phase} data-tone={toneOfTaken((safeMa[i] ?? 0) / Math.max(1, roomMa[i] ?? 0))}>
                    {told.sum(ampere(safeMa[i] ?? 0), ampere(roomMa[i] ?? 0))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.without}>
        {withoutPower.length === 0
          ? told.none
          : told.without(withoutPower.map(({ outlet }) => outlet).join(", "))}
      </p>
    </Panel>
  );
}

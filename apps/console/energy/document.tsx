/** What is written of a site, to read and to change: checked while it is written, saved with a reason, every version kept. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { EnergyCheck, EnergyDocument } from "../api/energy-shapes.ts";
import { Panel } from "../display/panel.tsx";
import { At } from "../display/time.tsx";
import { useNameOf } from "../people/use-people.ts";
import { PageLoading } from "../shell/page-title.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import styles from "./document.module.css";
import { DocumentCheck } from "./document-check.tsx";
import { EndDialog, SaveDialog } from "./save-dialog.tsx";
import { StrategyPanel } from "./strategy-panel.tsx";
import { TextEditor, type TextEditorHandle } from "./text-editor.tsx";
import { useDocument } from "./use-energy.ts";
import { Versions } from "./versions.tsx";

const say = words.energy.document;

type Props = {
  readonly site: string;
  /** A text to begin with where nothing is written yet. */
  readonly starter: () => string;
};

export function Document({ site, starter }: Props) {
  const asked = useDocument(site);
  const me = useMe();
  if (asked.data === undefined) {
    if (asked.error === null) return <PageLoading />;
    return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  }
  const { document, check } = asked.data;
  return (
    <Written
      site={site}
      starter={starter}
      document={document}
      check={check ?? undefined}
      mayWrite={isAdministrator(me)}
    />
  );
}

type WrittenProps = Props & {
  readonly document: EnergyDocument | null;
  readonly check: EnergyCheck | undefined;
  readonly mayWrite: boolean;
};

function Written({ site, starter, document, check: kept, mayWrite }: WrittenProps) {
  const managed = document?.managed === true;
  const draft = useDraft(document);
  const { text, setText, changed } = draft;
  const check = useCheck(site, text, { kept: changed ? undefined : kept, enabled: mayWrite && changed });
  const editor = useRef<TextEditorHandle>(null);
  const [asking, setAsking] = useState<"save" | "end">();
  const [saved, setSaved] = useState<number>();
  if (!managed && text === undefined) {
    return (
      <Notice
        title={say.none}
        action={
          mayWrite && (
            <Button size="sm" onClick={() => setText(starter())}>
              {say.start}
            </Button>
          )
        }
      >
        {say.noneHelp} {!mayWrite && say.readOnly}
      </Notice>
    );
  }
  return (
    <div className={styles.page}>
      <div className={styles.main}>
        <Panel title={say.title} end={document !== null && <Stand document={document} />}>
          <p className={styles.lead}>{say.lead}</p>
          {draft.outrun && (
            <p className={styles.conflict} role="alert">
              {say.conflict}{" "}
              <Button size="compact-sm" variant="default" onClick={draft.discard}>
                {say.takeTheirs}
              </Button>
            </p>
          )}
          <TextEditor
            ref={editor}
            label={say.text}
            value={text ?? ""}
            readOnly={!mayWrite}
            onChange={(next) => {
              setSaved(undefined);
              setText(next);
            }}
            marked={check.data?.faults.flatMap(({ line }) => line ?? []) ?? []}
          />
          {mayWrite ? (
            <div className={styles.actions}>
              <Button
                size="sm"
                disabled={
                  !changed || check.pending || check.data === undefined || check.data.faults.length > 0
                }
                onClick={() => setAsking("save")}
              >
                {say.save}
              </Button>
              {changed && (
                <Button size="sm" variant="subtle" onClick={draft.discard}>
                  {say.discard}
                </Button>
              )}
              <span role="status" className={styles.status}>
                {saved !== undefined
                  ? say.saved(saved)
                  : changed
                    ? check.pending
                      ? say.checking
                      : ""
                    : say.unchanged}
              </span>
              {managed && !changed && (
                <Button
                  size="sm"
                  variant="subtle"
                  className={styles.end ?? ""}
                  onClick={() => setAsking("end")}
                >
                  {say.unmanage}
                </Button>
              )}
            </div>
          ) : (
            <p className={styles.status}>{say.readOnly}</p>
          )}
        </Panel>
        {document !== null && (
          <Versions site={site} newest={document.version} put={mayWrite ? setText : undefined} />
        )}
      </div>
      <div className={styles.beside}>
        <DocumentCheck check={check.data} error={check.error} goTo={(line) => editor.current?.goTo(line)} />
        {managed && <StrategyPanel site={site} document={document} locked={changed} />}
      </div>
      {asking === "save" && text !== undefined && (
        <SaveDialog
          site={site}
          text={text}
          base={draft.base}
          check={check.data}
          close={() => setAsking(undefined)}
          done={(version) => {
            setAsking(undefined);
            setSaved(version);
            draft.settled();
          }}
        />
      )}
      {asking === "end" && document !== null && (
        <EndDialog site={site} base={document.version} close={() => setAsking(undefined)} />
      )}
    </div>
  );
}

function Stand({ document: { version, atMs, actor } }: { document: EnergyDocument }) {
  const nameOf = useNameOf();
  return (
    <span>
      {say.version(version)}, <At atMs={atMs} /> {say.by(nameOf(actor))}
    </span>
  );
}

/**
 * What was typed, over the version that it was made from. A newer version takes its place while nothing is typed; where something is, it
 * stays, and is said to be outrun.
 */
function useDraft(document: EnergyDocument | null) {
  const [typed, setTyped] = useState<{ readonly text: string; readonly base: number }>();
  const version = document?.version ?? 0;
  const written = document?.managed === true ? document.text : undefined;
  const text = typed?.text ?? written;
  return {
    text,
    changed: typed !== undefined && typed.text !== written,
    base: typed?.base ?? version,
    outrun: typed !== undefined && typed.base !== version,
    setText: (next: string) => setTyped((before) => ({ text: next, base: before?.base ?? version })),
    discard: () => setTyped(undefined),
    /** It was saved: what is written is what was typed. */
    settled: () => setTyped(undefined),
  };
}

/** Nothing is asked for each key: when the writer pauses. */
const PAUSE_MS = 450;

function useCheck(
  site: string,
  text: string | undefined,
  { kept, enabled }: { readonly kept: EnergyCheck | undefined; readonly enabled: boolean },
) {
  const { api, clock } = useServices();
  const [paused, setPaused] = useState(text);
  useEffect(() => clock.after(PAUSE_MS, () => setPaused(text)), [clock, text]);
  const asked = useQuery({
    queryKey: ["site-energy-check", site, paused],
    queryFn: () => api.energy.check(site, paused ?? ""),
    enabled: enabled && paused !== undefined && paused === text,
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const current = paused === text && !asked.isPlaceholderData;
  // The faults of a moment ago stay while it is checked anew, and nothing can be saved meanwhile.
  return {
    data: kept ?? (enabled ? asked.data : undefined),
    pending: enabled && !current,
    error: asked.error,
  };
}

/** Ctrl-K: a line that leads to every place, site, station, token and session. The list is the keyboard's as much as the pointer's. */
import { Modal, TextInput, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { nearTime } from "../display/instant.ts";
import { stationAddress } from "../now/next-step.ts";
import { placesFor } from "../shell/places.ts";
import { useServices } from "../shell/services.tsx";
import { useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import { ASKED_CHARS_MIN, ASKED_FOUND_MAX, found, type Target } from "./find.ts";
import styles from "./palette.module.css";

/** Names change seldom; a list of a minute ago finds what there is. */
const NAMES_KEPT_MS = 60_000;
/** Asked once somebody pauses, not at every letter. */
const PAUSE_MS = 250;

export function Palette() {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setOpened(true);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return (
    <>
      <UnstyledButton className={styles.open} onClick={() => setOpened(true)} aria-keyshortcuts="Control+K">
        {words.palette.open}
        <kbd className={styles.key}>Ctrl K</kbd>
      </UnstyledButton>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        withCloseButton={false}
        title={words.palette.title}
        size={560}
        yOffset="12vh"
        lockScroll={false}
        removeScrollProps={{ enabled: false }}
        transitionProps={{ duration: 0 }}
        classNames={{ content: styles.content ?? "", header: styles.header ?? "", body: styles.body ?? "" }}
      >
        {opened && <Finder close={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function Finder({ close }: { close: () => void }) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const navigate = useNavigate();
  const list = useId();
  const shown = [...found(useTargets(), typed), ...useAsked(typed)];
  const at = Math.min(chosen, shown.length - 1);
  const go = (target: Target | undefined) => {
    if (target === undefined) return;
    close();
    void navigate({ to: target.to, search: (target.search ?? {}) as never });
  };
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen((at + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === "Enter") go(shown[at]);
  };
  return (
    <>
      <TextInput
        data-autofocus
        size="md"
        placeholder={words.palette.hint}
        aria-label={words.palette.hint}
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={shown[at] === undefined ? undefined : `${list}-${at}`}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={pressed}
      />
      <div id={list} role="listbox" aria-label={words.palette.title} className={styles.list}>
        {shown.map((target, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: see above.
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
          <div
            key={`${target.kind} ${target.name}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.option}
            onClick={() => go(target)}
            onMouseMove={() => setChosen(index)}
          >
            <span>{target.name}</span>
            <span className={styles.note}>{target.note ?? words.palette.kind[target.kind]}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 && <p className={styles.none}>{words.palette.nothing}</p>}
    </>
  );
}

function useTargets(): readonly Target[] {
  const me = useMe();
  const { api } = useServices();
  const has = useHasPath();
  const names = { staleTime: NAMES_KEPT_MS };
  const sites = useQuery({ queryKey: ["sites"], queryFn: api.sites, ...names });
  const stations = useQuery({ queryKey: ["stations"], queryFn: () => api.allStations(), ...names });
  return [
    ...placesFor(me?.role ?? "").map(({ to, name }): Target => ({ kind: "place", name, to })),
    ...(sites.data ?? []).map(
      ({ id }): Target => ({ kind: "site", name: id, to: `/sites/${encodeURIComponent(id)}` }),
    ),
    ...(stations.data ?? []).map(
      ({ id, site }): Target => ({
        kind: "station",
        name: id,
        note: site ?? undefined,
        ...stationAddress(id, site, has),
      }),
    ),
  ];
}

function useHasPath(): (path: string) => boolean {
  const router = useRouter();
  return (path) => Object.hasOwn(router.routesByPath, path);
}

/** Tokens by what is in them; sessions by their id, the one on the wire, or their station's. */
function useAsked(typed: string): readonly Target[] {
  const { api, clock, server } = useServices();
  const [text, setText] = useState("");
  const wanted = typed.trim();
  useEffect(() => clock.after(PAUSE_MS, () => setText(wanted)), [wanted, clock]);
  const kept = { enabled: text.length >= ASKED_CHARS_MIN, staleTime: NAMES_KEPT_MS };
  const sessions = useQuery({
    ...{ queryKey: ["palette-sessions", text], ...kept },
    queryFn: () => api.sessions({ text, most: String(ASKED_FOUND_MAX) }),
  });
  const cards = useQuery({
    ...{ queryKey: ["palette-cards", text], ...kept },
    queryFn: () => api.findCards(text, ASKED_FOUND_MAX),
  });
  if (text !== wanted) return [];
  const tokens = (cards.data ?? []).map(
    ({ token }): Target => ({ kind: "token", name: token, to: "/tokens", search: { find: token } }),
  );
  const ofSessions = (sessions.data ?? []).map(
    ({ id, station, startedAtMs }): Target => ({
      kind: "session",
      name: id,
      note: words.palette.session(
        station,
        startedAtMs === null ? undefined : nearTime(startedAtMs, server.nowMs()),
      ),
      to: `/sessions/${encodeURIComponent(id)}`,
    }),
  );
  return [...tokens, ...ofSessions];
}

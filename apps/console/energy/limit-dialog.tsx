/** Before a site's power is limited for a time, or no longer: exactly what, until when, and why. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { nearTime, span } from "../display/instant.ts";
import { power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { words } from "../strings/en.ts";
import { AskWhy } from "./ask-why.tsx";
import { powerFault, SPANS_MS, wattsOf } from "./limit-draft.ts";
import { useSetLimit } from "./use-limit.ts";

const say = words.energy.limit;
const SPAN_USUAL_MS = 3_600_000;

type Props = { readonly site: string; readonly close: () => void };

export function LimitDialog({ site, close }: Props) {
  const nowMs = useNow();
  const set = useSetLimit(site);
  const [typed, setTyped] = useState("");
  const [spanMs, setSpanMs] = useState(SPAN_USUAL_MS);
  const [wrong, setWrong] = useState(false);
  const limitW = wattsOf(typed);
  const until = nearTime(nowMs + spanMs, nowMs);
  const isSound = () => {
    setWrong(powerFault(typed) !== undefined);
    return limitW !== undefined;
  };
  return (
    <AskWhy
      title={say.title}
      effect={[
        limitW === undefined ? say.effectUnsaid(until) : say.effect(site, written(power(limitW)), until),
        limitW === 0 ? say.effectNone : undefined,
        say.effectCut,
        say.effectEnd,
      ]}
      danger={limitW === 0}
      action={say.set}
      run={async (why) => {
        if (limitW !== undefined) await set({ limitW, spanMs, why });
        close();
      }}
      close={close}
      isSound={isSound}
    >
      <TextInput
        label={say.power}
        description={say.powerHint}
        value={typed}
        inputMode="decimal"
        autoComplete="off"
        data-autofocus
        error={wrong ? powerFault(typed) : undefined}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <NativeSelect
        label={say.span}
        value={String(spanMs)}
        data={SPANS_MS.map((ms) => ({ value: String(ms), label: span(ms) }))}
        onChange={({ currentTarget }) => setSpanMs(Number(currentTarget.value))}
      />
    </AskWhy>
  );
}

export function EndLimitDialog({ site, close }: Props) {
  const set = useSetLimit(site);
  return (
    <AskWhy
      title={say.endTitle}
      effect={[say.endEffect(site)]}
      action={say.end}
      run={async (why) => {
        await set({ limitW: null, why });
        close();
      }}
      close={close}
    />
  );
}

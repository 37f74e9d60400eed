/** The fields that differ from command to command. */
import { NativeSelect, TextInput } from "@mantine/core";
import type { StationView } from "../stations/view.ts";
import { words } from "../strings/en.ts";
import type { Choice } from "./choices.ts";
import { type Draft, evsesFor, type Faults } from "./draft.ts";
import { TOKEN_CHARS_MAX, type TriggerMessage, triggerMessages, type Version } from "./plan.ts";

type Props = {
  choice: Choice;
  view: StationView;
  version: Version;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  faults: Faults;
};

export function CommandFields(props: Props) {
  switch (props.choice) {
    case "start":
      return (
        <>
          <Evse {...props} />
          <Token {...props} />
        </>
      );
    case "stop":
      return <SessionToStop {...props} />;
    case "reset":
      return <Manner {...props} />;
    case "outOfService":
    case "intoService":
      return <Evse {...props} />;
    case "trigger":
      return (
        <>
          <Message {...props} />
          {(props.draft.message === "StatusNotification" || props.draft.message === "MeterValues") && (
            <Evse {...props} />
          )}
        </>
      );
  }
}

/** Asked only where there is something to choose. */
function Evse({ choice, view, draft, change }: Props) {
  const evses = evsesFor(choice, view);
  if (evses.length < 2) return null;
  const say = words.commands.fields;
  return (
    <NativeSelect
      label={say.evse}
      value={String(draft.evse)}
      data={evses.map((evse) => ({
        value: String(evse),
        label: evse === 0 ? say.wholeStation : words.stations.evse(evse),
      }))}
      onChange={(event) => change({ evse: Number(event.currentTarget.value) })}
    />
  );
}

function Token({ version, draft, change, faults }: Props) {
  const say = words.commands.fields;
  return (
    <TextInput
      label={say.token}
      description={say.tokenHint(TOKEN_CHARS_MAX[version])}
      value={draft.token}
      error={faults.token}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => change({ token: event.currentTarget.value })}
    />
  );
}

function SessionToStop({ view, draft, change }: Props) {
  if (view.open.length < 2) return null;
  return (
    <NativeSelect
      label={words.commands.fields.session}
      value={draft.session}
      data={view.open.map((session) => ({ value: session.id, label: words.stations.evse(session.evse) }))}
      onChange={(event) => change({ session: event.currentTarget.value })}
    />
  );
}

function Manner({ version, draft, change }: Props) {
  const say = words.commands.fields;
  return (
    <NativeSelect
      label={say.manner}
      value={draft.calm ? "calm" : "hard"}
      data={[
        { value: "calm", label: say.calm[version] },
        { value: "hard", label: say.hard },
      ]}
      onChange={(event) => change({ calm: event.currentTarget.value === "calm" })}
    />
  );
}

function Message({ version, draft, change }: Props) {
  const say = words.commands.fields;
  return (
    <NativeSelect
      label={say.message}
      value={draft.message}
      data={triggerMessages[version].map((message) => ({ value: message, label: say.messages[message] }))}
      // The options are those of the table, so the value is one of them.
      onChange={(event) => change({ message: event.currentTarget.value as TriggerMessage })}
    />
  );
}

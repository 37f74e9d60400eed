/** Auto, light or dark: three small buttons of which one is pressed; the choice is kept in this browser. */
import { useMantineColorScheme } from "@mantine/core";
import { words } from "../strings/en.ts";
import styles from "./theme-control.module.css";

const choices = ["auto", "light", "dark"] as const;

export function ThemeControl() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.hidden}>{words.theme.label}</legend>
      {choices.map((choice) => (
        <button
          key={choice}
          type="button"
          className={styles.choice}
          aria-pressed={colorScheme === choice}
          aria-label={words.theme[choice]}
          title={words.theme[choice]}
          onClick={() => setColorScheme(choice)}
        >
          <svg
            width="16"
            height="16"
            viewBox="0 0 16 16"
            fill="none"
            stroke="currentColor"
            aria-hidden="true"
          >
            {pictures[choice]}
          </svg>
        </button>
      ))}
    </fieldset>
  );
}

const pictures = {
  auto: (
    <>
      <circle cx="8" cy="8" r="5.25" strokeWidth="1.5" />
      <path d="M8 2.75a5.25 5.25 0 0 1 0 10.5z" fill="currentColor" stroke="none" />
    </>
  ),
  light: (
    <>
      <circle cx="8" cy="8" r="2.75" strokeWidth="1.5" />
      <path
        d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
    </>
  ),
  dark: (
    <path
      d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z"
      strokeWidth="1.5"
      strokeLinejoin="round"
    />
  ),
} as const;

/** A dialog over the page: one thing to read or to decide. Escape closes it; the focus goes back to what opened it. */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { words } from "../strings/en.ts";
import styles from "./dialog.module.css";
import { useFocusBack } from "./focus.ts";

type Props = {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Something that is shown once: a click beside it must not lose it. */
  readonly keep?: boolean;
};

export function Dialog({ title, onClose, children, keep = false }: Props) {
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={520}
      yOffset="10vh"
      lockScroll={false}
      removeScrollProps={{ enabled: false }}
      transitionProps={{ duration: 0 }}
      closeOnClickOutside={!keep}
      closeOnEscape={!keep}
      withCloseButton={!keep}
      closeButtonProps={{ "aria-label": words.close }}
      classNames={{
        content: styles.content ?? "",
        header: styles.header ?? "",
        title: styles.title ?? "",
        body: styles.body ?? "",
        overlay: styles.overlay ?? "",
      }}
    >
      {children}
    </Modal>
  );
}

import "./dialog.css";
import { Modal } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

/**
 * A dialog that is open as long as it is there. When it goes, the focus is back on what opened it.
 *
 * @param props.mayLeave - false when only a button of its own closes it.
 */
export function Dialog(props: {
  title: string;
  size?: number;
  mayLeave?: boolean;
  closesOutside?: boolean;
  onClose(): void;
  children: ReactNode;
}) {
  const { title, size = 480, mayLeave = true, closesOutside = mayLeave, onClose, children } = props;
  useReturnFocus();
  return (
    <Modal
      opened
      onClose={onClose}
      size={size}
      title={title}
      withCloseButton={mayLeave}
      closeOnEscape={mayLeave}
      closeOnClickOutside={closesOutside}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {children}
    </Modal>
  );
}

function useReturnFocus(): void {
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      // After the dialog's own guard of the focus is gone.
      setTimeout(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
      });
    };
  }, []);
}

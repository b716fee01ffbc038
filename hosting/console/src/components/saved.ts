import { notifications } from "@mantine/notifications";

/** Says that something was saved. */
export function saySaved(message = "Saved."): void {
  notifications.show({ message, withCloseButton: false });
}

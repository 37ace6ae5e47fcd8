import { Button, Dialog, DialogBody, DialogFooter } from "@blueprintjs/core";
import { type ReactNode, useState } from "react";

interface ConfirmProps {
  isOpen: boolean;
  title: string;
  /** What happens, and what doesn't. */
  children: ReactNode;
  /** The verb of what is confirmed: `Delete 3 alarms`. */
  action: string;
  destructive?: boolean;
  /** May fail; its sentence is shown, and the dialog stays. */
  onConfirm: () => void | Promise<void>;
  onCancel: () => void;
}

/** Asks before what can't be taken back. The focus begins on Cancel. */
export function ConfirmDialog(props: ConfirmProps) {
  const { isOpen, title, children, action, destructive, onConfirm, onCancel } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog isOpen={isOpen} title={title} onClose={onCancel} isCloseButtonShown={false} className="confirm">
      <DialogBody>
        {children}
        {error === undefined ? null : (
          <p className="bad" role="alert">
            {error}
          </p>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button autoFocus onClick={onCancel} text="Cancel" />
            <Button
              intent={destructive ? "danger" : "primary"}
              loading={busy}
              onClick={() => void confirm()}
              text={action}
            />
          </>
        }
      />
    </Dialog>
  );
}

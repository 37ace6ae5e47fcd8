import { Component, type ErrorInfo, type ReactNode } from "react";
import { FailedState } from "./states.tsx";

interface Props {
  /** What has failed, for the sentence. */
  title: string;
  children: ReactNode;
}

/** Keeps a mistake in one screen from taking the others along; says what happened and lets it be tried again. */
export class ErrorBoundary extends Component<Props, { error: Error | undefined; stack: string }> {
  override state: { error: Error | undefined; stack: string } = { error: undefined, stack: "" };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: Error, info: ErrorInfo): void {
    this.setState({ stack: info.componentStack ?? "" });
  }

  override render(): ReactNode {
    const { error, stack } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <FailedState
        title={`${this.props.title} can't be shown`}
        text={error.message}
        details={`${error.stack ?? error.message}\n${stack}`}
        onRetry={() => this.setState({ error: undefined, stack: "" })}
      />
    );
  }
}

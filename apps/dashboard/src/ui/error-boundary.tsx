import { Component, type ReactNode } from 'react';
import { ErrorNotice } from './states.js';

/** Keeps a fault of one page from taking the whole dashboard with it. Give it the page's address as `key`. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error('unknown') };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <ErrorNotice error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}

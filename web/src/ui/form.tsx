import type { ComponentChildren } from 'preact';
import type { Submit } from './use-submit.js';

export interface FormProps {
  readonly submit: Submit;
  readonly action: string;
  readonly children: ComponentChildren;
}

/** A form with its fields, error and submit button. */
export function Form({ submit: { onSubmit, isBusy, problem }, action, children }: FormProps) {
  return (
    <form class="form" onSubmit={onSubmit} aria-busy={isBusy}>
      {children}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" aria-disabled={isBusy}>
        {isBusy ? 'One moment …' : action}
      </button>
    </form>
  );
}

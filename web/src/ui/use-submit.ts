import { useState } from 'preact/hooks';
import { messageOf } from './states.js';

export interface Submit {
  readonly onSubmit: (event: Event) => void;
  readonly isBusy: boolean;
  /** The error of the last submission. */
  readonly problem: string | undefined;
}

/** Submits a form one at a time: a double click is one submission. */
export function useSubmit(work: () => Promise<void>): Submit {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { onSubmit, isBusy, problem };
}

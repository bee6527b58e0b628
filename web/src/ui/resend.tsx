import { useState } from 'preact/hooks';
import { messageOf } from './states.js';

/** A button that requests a new code, and shows the result. */
export function Resend({ send }: { readonly send: () => Promise<void> }) {
  const [result, setResult] = useState('');
  const resend = () =>
    send().then(
      () => setResult('A new code is on its way.'),
      (error) => setResult(messageOf(error)),
    );
  return (
    <>
      <p>
        <button type="button" class="plain" onClick={resend}>
          Send a new code
        </button>
      </p>
      <p role="status">{result}</p>
    </>
  );
}

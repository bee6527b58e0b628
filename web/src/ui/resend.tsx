import { useState } from 'preact/hooks';
import { messageOf } from './states.js';

/** A button that has a new code sent, and says what came of it. */
export function Resend({ send }: { readonly send: () => Promise<void> }) {
  const [told, setTold] = useState('');
  const resend = () =>
    send().then(
      () => setTold('A new code is on its way.'),
      (error) => setTold(messageOf(error)),
    );
  return (
    <>
      <p>
        <button type="button" class="plain" onClick={resend}>
          Send a new code
        </button>
      </p>
      <p role="status">{told}</p>
    </>
  );
}

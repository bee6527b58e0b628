import { useState } from 'preact/hooks';
import { keyUri } from '../identity/key-uri.js';
import { hasSecondFactor, newSecret, turnOff, turnOn } from '../identity/second-factor.js';
import { person } from '../identity/session.js';
import { useStore } from '../store.js';
import { CodeField } from '../ui/credentials.js';
import { Form } from '../ui/form.js';
import { Failed, Loading } from '../ui/states.js';
import { useSubmit } from '../ui/use-submit.js';
import { useLoaded } from '../use-loaded.js';

/** Shows whether signing in requires a code of an authenticator app, and turns it on or off. */
export function SecondFactor() {
  const [changes, setChanges] = useState(0);
  const isOn = useLoaded(hasSecondFactor, [changes]);
  const onDone = () => setChanges(changes + 1);
  return (
    <section aria-labelledby="second-factor">
      <h2 id="second-factor">Second factor</h2>
      {isOn.state === 'loading' && <Loading what="how you sign in" />}
      {isOn.state === 'failed' && <Failed {...isOn} />}
      {isOn.state === 'ready' && (isOn.value ? <On onDone={onDone} /> : <Off onDone={onDone} />)}
    </section>
  );
}

interface ChangeProps {
  readonly onDone: () => void;
}

function On({ onDone }: ChangeProps) {
  const submit = useSubmit(async () => {
    await turnOff();
    onDone();
  });
  return (
    <Form submit={submit} action="Turn off the second factor">
      <p>Signing in requires a code of your authenticator app.</p>
    </Form>
  );
}

function Off({ onDone }: ChangeProps) {
  const [secret, setSecret] = useState<string>();
  const submit = useSubmit(async () => setSecret(await newSecret()));
  if (secret) return <SetUp secret={secret} onDone={onDone} />;
  return (
    <Form submit={submit} action="Set up an authenticator app">
      <p>
        Signing in requires the password only. With an authenticator app, a stolen password is not enough to
        sign in.
      </p>
    </Form>
  );
}

function SetUp({ secret, onDone }: ChangeProps & { readonly secret: string }) {
  const [code, setCode] = useState('');
  const signedIn = useStore(person);
  const email = typeof signedIn === 'object' ? signedIn.email : '';
  const submit = useSubmit(async () => {
    await turnOn(code.trim());
    onDone();
  });
  return (
    <Form submit={submit} action="Turn on the second factor">
      <p>
        Enter this key in your authenticator app, or{' '}
        <a href={keyUri(secret, email)}>open it on this device</a>: <code class="key">{secret}</code>
      </p>
      <p>Then enter the code that it shows.</p>
      <CodeField value={code} onValue={setCode} />
    </Form>
  );
}

import { useState } from 'preact/hooks';
import { CognitoError } from '../identity/call.js';
import { destination } from '../identity/destination.js';
import { signIn } from '../identity/session.js';
import { navigate } from '../routing/router.js';
import type { PageProps } from '../routing/routes.js';
import { CodeField, EmailField, PasswordField } from '../ui/credentials.js';
import { Form } from '../ui/form.js';
import { Heading } from '../ui/heading.js';
import { useSubmit } from '../ui/use-submit.js';

type Confirm = (code: string) => Promise<void>;

/** Asks for the password, and then for the code of an authenticator app if the account requires one. */
export function SignInPage({ query }: PageProps) {
  const [confirm, setConfirm] = useState<Confirm>();
  const onDone = () => navigate(destination(query), { replace: true });
  if (confirm) return <SecondFactor confirm={confirm} onDone={onDone} />;
  return (
    <Password
      isChanged={query.has('changed')}
      onConfirm={(next) => {
        // A setter of state would call a function passed to it.
        setConfirm(() => next);
      }}
      onDone={onDone}
    />
  );
}

interface PasswordProps {
  /** True if the visitor has just set a new password. */
  readonly isChanged: boolean;
  readonly onConfirm: (confirm: Confirm) => void;
  readonly onDone: () => void;
}

function Password({ isChanged, onConfirm, onDone }: PasswordProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const submit = useSubmit(async () => {
    try {
      const confirm = await signIn(email.trim(), password);
      if (confirm) return onConfirm(confirm);
    } catch (error) {
      const isUnconfirmed = error instanceof CognitoError && error.reason === 'UserNotConfirmedException';
      if (!isUnconfirmed) throw error;
      return navigate(`/sign-up?confirm=${encodeURIComponent(email.trim())}`);
    }
    onDone();
  });
  return (
    <>
      <Heading title="Sign in" />
      <p role="status">{isChanged && 'Your new password is set: sign in with it.'}</p>
      <Form submit={submit} action="Sign in">
        <EmailField value={email} onValue={setEmail} />
        <PasswordField value={password} onValue={setPassword} />
      </Form>
      <p>
        <a href="/new-password">Forgot the password?</a>
      </p>
      <p>
        New here? <a href={`/sign-up${location.search}`}>Create an account.</a>
      </p>
    </>
  );
}

function SecondFactor({ confirm, onDone }: { readonly confirm: Confirm; readonly onDone: () => void }) {
  const [code, setCode] = useState('');
  const submit = useSubmit(async () => {
    await confirm(code.trim());
    onDone();
  });
  return (
    <>
      <Heading title="One more step" />
      <p>Your authenticator app shows a code of six digits for this shop.</p>
      <Form submit={submit} action="Confirm">
        <CodeField value={code} onValue={setCode} />
      </Form>
    </>
  );
}

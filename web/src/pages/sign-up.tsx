import { useState } from 'preact/hooks';
import { confirmSignUp, resendCode, signUp } from '../identity/cognito.js';
import { destination } from '../identity/destination.js';
import { signIn } from '../identity/session.js';
import { navigate } from '../routing/router.js';
import type { PageProps } from '../routing/routes.js';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Heading } from '../ui/heading.js';
import { messageOf } from '../ui/states.js';
import { useSubmit } from '../ui/use-submit.js';

const RULES = 'At least 12 characters, with upper and lower case, a digit and a symbol.';

/** First an account, then the code that proves the address; who comes with an unproved one starts there. */
export function SignUpPage({ query }: PageProps) {
  const [email, setEmail] = useState(query.get('confirm') ?? '');
  const [password, setPassword] = useState('');
  const [isSent, setSent] = useState(query.has('confirm'));
  const then = destination(query);
  if (isSent) return <Confirmation email={email} password={password} then={then} />;
  return (
    <Account
      {...{ email, setEmail, password, setPassword }}
      onDone={() => {
        setSent(true);
      }}
    />
  );
}

interface AccountProps {
  readonly email: string;
  readonly setEmail: (email: string) => void;
  readonly password: string;
  readonly setPassword: (password: string) => void;
  readonly onDone: () => void;
}

function Account({ email, setEmail, password, setPassword, onDone }: AccountProps) {
  const submit = useSubmit(async () => {
    await signUp(email.trim(), password);
    onDone();
  });
  return (
    <>
      <Heading title="Make an account" />
      <Form submit={submit} action="Make an account">
        <Field
          label="E-mail"
          type="email"
          autocomplete="username"
          required
          value={email}
          onValue={setEmail}
        />
        <Field
          label="Password"
          type="password"
          autocomplete="new-password"
          required
          minLength={12}
          hint={RULES}
          value={password}
          onValue={setPassword}
        />
      </Form>
      <p>
        You have an account? <a href={`/sign-in${location.search}`}>Sign in.</a>
      </p>
    </>
  );
}

interface ConfirmationProps {
  readonly email: string;
  readonly password: string;
  readonly then: string;
}

function Confirmation({ email, password, then }: ConfirmationProps) {
  const [code, setCode] = useState('');
  const [told, setTold] = useState('');
  const submit = useSubmit(async () => {
    await confirmSignUp(email.trim(), code.trim());
    // Who comes from signing in has not given the password here.
    if (password === '') return navigate('/sign-in');
    await signIn(email.trim(), password);
    navigate(then, { replace: true });
  });
  const resend = () =>
    resendCode(email.trim()).then(
      () => setTold('A new code is on its way.'),
      (error) => setTold(messageOf(error)),
    );
  return (
    <>
      <Heading title="Confirm your address" />
      <p>We have sent a code to {email}.</p>
      <Form submit={submit} action="Confirm">
        <Field
          label="Code"
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          pattern="\s*[0-9]{6}\s*"
          title="Six digits"
          value={code}
          onValue={setCode}
        />
      </Form>
      <p>
        <button type="button" class="plain" onClick={resend}>
          Send a new code
        </button>
      </p>
      <p role="status">{told}</p>
    </>
  );
}

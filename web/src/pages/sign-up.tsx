import { useState } from 'preact/hooks';
import { confirmSignUp, resendCode, signUp } from '../identity/cognito.js';
import { destination } from '../identity/destination.js';
import { signIn } from '../identity/session.js';
import { navigate } from '../routing/router.js';
import type { PageProps } from '../routing/routes.js';
import { CodeField, EmailField, NewPasswordField } from '../ui/credentials.js';
import { Form } from '../ui/form.js';
import { Heading } from '../ui/heading.js';
import { Resend } from '../ui/resend.js';
import { useSubmit } from '../ui/use-submit.js';

/** Creates an account, and then asks for the code that confirms its address; `?confirm=` starts with the code. */
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
      <Heading title="Create an account" />
      <Form submit={submit} action="Create an account">
        <EmailField value={email} onValue={setEmail} />
        <NewPasswordField label="Password" value={password} onValue={setPassword} />
      </Form>
      <p>
        Already have an account? <a href={`/sign-in${location.search}`}>Sign in.</a>
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
  const submit = useSubmit(async () => {
    await confirmSignUp(email.trim(), code.trim());
    // A visitor from the sign-in page has not entered the password here.
    if (password === '') return navigate('/sign-in');
    await signIn(email.trim(), password);
    navigate(then, { replace: true });
  });
  return (
    <>
      <Heading title="Confirm your address" />
      <p>We have sent a code to {email}.</p>
      <Form submit={submit} action="Confirm">
        <CodeField value={code} onValue={setCode} />
      </Form>
      <Resend send={() => resendCode(email.trim())} />
    </>
  );
}

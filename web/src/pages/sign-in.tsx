import { useState } from 'preact/hooks';
import { CognitoError } from '../identity/cognito.js';
import { destination } from '../identity/destination.js';
import { signIn } from '../identity/session.js';
import { navigate } from '../routing/router.js';
import type { PageProps } from '../routing/routes.js';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Heading } from '../ui/heading.js';
import { useSubmit } from '../ui/use-submit.js';

export function SignInPage({ query }: PageProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const submit = useSubmit(async () => {
    try {
      await signIn(email.trim(), password);
    } catch (error) {
      const isUnconfirmed = error instanceof CognitoError && error.reason === 'UserNotConfirmedException';
      if (!isUnconfirmed) throw error;
      return navigate(`/sign-up?confirm=${encodeURIComponent(email.trim())}`);
    }
    navigate(destination(query), { replace: true });
  });
  return (
    <>
      <Heading title="Sign in" />
      <Form submit={submit} action="Sign in">
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
          autocomplete="current-password"
          required
          value={password}
          onValue={setPassword}
        />
      </Form>
      <p>
        New here? <a href={`/sign-up${location.search}`}>Make an account.</a>
      </p>
    </>
  );
}

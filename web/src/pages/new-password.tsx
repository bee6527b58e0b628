import { useState } from 'preact/hooks';
import { confirmForgotPassword, forgotPassword } from '../identity/cognito.js';
import { navigate } from '../routing/router.js';
import { CodeField, EmailField, NewPasswordField } from '../ui/credentials.js';
import { Form } from '../ui/form.js';
import { Heading } from '../ui/heading.js';
import { Resend } from '../ui/resend.js';
import { useSubmit } from '../ui/use-submit.js';

/** Sets a new password: asks for the address, and then for the code sent to it and the new password. */
export function NewPasswordPage() {
  const [email, setEmail] = useState('');
  const [isSent, setSent] = useState(false);
  const submit = useSubmit(async () => {
    await forgotPassword(email.trim());
    setSent(true);
  });
  if (isSent) return <NewPassword email={email.trim()} />;
  return (
    <>
      <Heading title="Set a new password" />
      <p>We send a code to the address of your account.</p>
      <Form submit={submit} action="Send a code">
        <EmailField value={email} onValue={setEmail} />
      </Form>
    </>
  );
}

function NewPassword({ email }: { readonly email: string }) {
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const submit = useSubmit(async () => {
    await confirmForgotPassword(email, code.trim(), password);
    navigate('/sign-in?changed', { replace: true });
  });
  return (
    <>
      <Heading title="Set a new password" />
      <p>If an account with {email} exists, a code is on its way to it.</p>
      <Form submit={submit} action="Set the password">
        <CodeField value={code} onValue={setCode} />
        <NewPasswordField label="New password" value={password} onValue={setPassword} />
      </Form>
      <Resend send={() => forgotPassword(email)} />
    </>
  );
}

import { Field } from './field.js';

const PASSWORD_RULES = 'At least 12 characters, with upper and lower case, a digit and a symbol.';

interface Input {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export function EmailField(input: Input) {
  return <Field label="E-mail" type="email" autocomplete="username" required {...input} />;
}

/** An input for the password of an account. */
export function PasswordField(input: Input) {
  return <Field label="Password" type="password" autocomplete="current-password" required {...input} />;
}

/** An input for a new password, with its rules. */
export function NewPasswordField({ label, ...input }: Input & { readonly label: string }) {
  const rules = { minLength: 12, hint: PASSWORD_RULES };
  return <Field label={label} type="password" autocomplete="new-password" required {...rules} {...input} />;
}

/** An input for a code of six digits, from a message or an app. */
export function CodeField(input: Input) {
  return (
    <Field
      label="Code"
      inputMode="numeric"
      autocomplete="one-time-code"
      required
      pattern="\s*[0-9]{6}\s*"
      title="Six digits"
      {...input}
    />
  );
}

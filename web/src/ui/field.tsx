import { useId } from 'preact/hooks';

/** Fields that browsers and password managers fill in: https://html.spec.whatwg.org/#autofill */
type AutoFill =
  | 'address-level2'
  | 'country'
  | 'current-password'
  | 'name'
  | 'new-password'
  | 'nickname'
  | 'one-time-code'
  | 'postal-code'
  | 'street-address'
  | 'username';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'email' | 'password' | 'text';
  readonly autocomplete?: AutoFill;
  readonly inputMode?: 'numeric';
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** A description of the pattern. */
  readonly title?: string;
  readonly hint?: string;
  readonly error?: string | undefined;
}

/** An input with its label, hint and error, which a screen reader reads together. */
export function Field({ label, hint, error, onValue, ...input }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <input
        // Preact's types distinguish inputs by their possible roles; these are all text inputs.
        {...(input as { readonly type?: 'text' })}
        id={id}
        aria-describedby={described || undefined}
        aria-invalid={error ? true : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

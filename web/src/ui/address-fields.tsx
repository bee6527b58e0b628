import type { Address } from '../../../contracts/users.js';
import { Field } from './field.js';

export const NO_ADDRESS: Address = { recipient: '', street: '', postalCode: '', city: '', country: '' };

export interface AddressFieldsProps {
  readonly value: Address;
  readonly onValue: (value: Address) => void;
}

export function AddressFields({ value, onValue }: AddressFieldsProps) {
  const field = (name: keyof Address) => ({
    required: true,
    value: value[name],
    onValue: (text: string) => onValue({ ...value, [name]: text }),
  });
  return (
    <fieldset>
      <legend>Delivery address</legend>
      <Field label="Name" autocomplete="name" maxLength={100} {...field('recipient')} />
      <Field label="Street and number" autocomplete="street-address" maxLength={200} {...field('street')} />
      <div class="pair">
        <Field label="Postal code" autocomplete="postal-code" maxLength={20} {...field('postalCode')} />
        <Field label="City" autocomplete="address-level2" maxLength={100} {...field('city')} />
      </div>
      <Field
        label="Country"
        autocomplete="country"
        hint="Two capital letters, as in CH or SE."
        pattern="[A-Z]{2}"
        title="Two capital letters"
        {...field('country')}
      />
    </fieldset>
  );
}

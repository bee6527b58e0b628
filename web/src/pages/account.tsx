import { bodyOf } from 'cdk-trellis/client';
import { useState } from 'preact/hooks';
import type { Profile } from '../../../contracts/users.js';
import { SignedIn } from '../identity/signed-in.js';
import { users } from '../shop/customer.js';
import { AddressFields, NO_ADDRESS } from '../ui/address-fields.js';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Heading } from '../ui/heading.js';
import { Failed, Loading } from '../ui/states.js';
import { useSubmit } from '../ui/use-submit.js';
import { useLoaded } from '../use-loaded.js';
import { SecondFactor } from './second-factor.js';

export function AccountPage() {
  return (
    <SignedIn title="Your account">
      <Heading title="Your account" />
      <Account />
      <SecondFactor />
    </SignedIn>
  );
}

function Account() {
  const profile = useLoaded(async (signal) => bodyOf(await users.getProfile({ signal })), []);
  if (profile.state === 'loading') return <Loading what="your account" />;
  if (profile.state === 'failed') return <Failed {...profile} />;
  return <Details profile={profile.value} />;
}

function Details({ profile }: { readonly profile: Profile }) {
  const [version, setVersion] = useState(profile.version);
  const [displayName, setDisplayName] = useState(profile.displayName);
  const [address, setAddress] = useState(profile.address ?? NO_ADDRESS);
  const [isSaved, setSaved] = useState(false);
  const submit = useSubmit(async () => {
    setSaved(false);
    const saved = bodyOf(await users.updateProfile({ body: { displayName, address, version } }));
    setVersion(saved.version);
    setSaved(true);
  });
  return (
    <>
      <Form submit={submit} action="Save">
        <Field
          label="Display name"
          autocomplete="nickname"
          required
          maxLength={100}
          value={displayName}
          onValue={setDisplayName}
        />
        <AddressFields value={address} onValue={setAddress} />
      </Form>
      <p role="status">{isSaved && 'Saved.'}</p>
    </>
  );
}

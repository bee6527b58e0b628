import type { ComponentChildren } from 'preact';
import { place } from '../routing/router.js';
import { useStore } from '../store.js';
import { Heading } from '../ui/heading.js';
import { Loading } from '../ui/states.js';
import { person } from './session.js';

/** Content for signed-in customers; others see links to sign in. */
export function SignedIn({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  const signedIn = useStore(person);
  const { path } = useStore(place);
  if (signedIn === 'resuming') return <Loading what="your account" />;
  if (signedIn) return children;
  const then = `?then=${encodeURIComponent(path)}`;
  return (
    <>
      <Heading title={title} />
      <p>
        This is for customers of the shop: <a href={`/sign-in${then}`}>sign in</a> or{' '}
        <a href={`/sign-up${then}`}>create an account</a>.
      </p>
    </>
  );
}

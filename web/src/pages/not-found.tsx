import { Heading } from '../ui/heading.js';

export function NotFound() {
  return (
    <>
      <Heading title="There is no such page" />
      <p>
        The address may have a mistake in it. <a href="/">Look at the catalogue.</a>
      </p>
    </>
  );
}

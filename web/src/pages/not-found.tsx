import { Heading } from '../ui/heading.js';

export function NotFound() {
  return (
    <>
      <Heading title="Page not found" />
      <p>
        Please check the address. <a href="/">Go to the catalogue.</a>
      </p>
    </>
  );
}

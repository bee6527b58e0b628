import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { place } from '../routing/router.js';

/**
 * The heading of a page and the title of its tab. A navigation within the site focuses it: a screen reader reads it,
 * and the keyboard continues from it, as after loading a page.
 */
export function Heading({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === 'Storefront' ? title : `${title} - Storefront`;
  }, [title]);
  useEffect(() => {
    if (place.get().isNavigation) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}

/**
 * Removes the properties that are `undefined`, so that they do not override a default. CDK treats `undefined` as
 * absent; without this a user who passes optional properties on would silently lose encryption or deletion protection.
 */
export function definedProps<Props extends object>(props: Props | undefined): Props {
  return Object.fromEntries(Object.entries(props ?? {}).filter(([, value]) => value !== undefined)) as Props;
}

/**
 * The properties that are given: `undefined` means in CDK that a property is not, and must not take the place of a
 * default. Who passes on optional properties of their own would else lose encryption or deletion protection unseen.
 */
export function definedProps<Props extends object>(props: Props | undefined): Props {
  return Object.fromEntries(Object.entries(props ?? {}).filter(([, value]) => value !== undefined)) as Props;
}

/**
 * An error of the bundler. It is thrown while a template is resolved, where CDK prefixes the message with `Resolution
 * error:` once for each level of the template. The `message` is therefore fixed.
 */
export class BundlingError extends Error {
  constructor(text: string) {
    super(text);
    Object.defineProperty(this, 'message', { get: () => text, set: () => undefined });
  }
}

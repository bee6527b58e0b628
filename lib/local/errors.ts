/** Something the person at the keyboard can put right: the message says what was expected, given and to do. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError';
}

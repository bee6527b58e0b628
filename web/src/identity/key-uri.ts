/** Returns the URI that opens an authenticator app on the device. https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function keyUri(secret: string, email: string): string {
  const label = encodeURIComponent(`Storefront:${email}`);
  return `otpauth://totp/${label}?${new URLSearchParams({ secret, issuer: 'Storefront' })}`;
}

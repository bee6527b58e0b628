import type {
  AttributeMapping,
  UserPoolIdentityProviderAmazonProps,
  UserPoolIdentityProviderAppleProps,
  UserPoolIdentityProviderFacebookProps,
  UserPoolIdentityProviderGoogleProps,
  UserPoolIdentityProviderOidcProps,
  UserPoolIdentityProviderSamlProps,
} from 'aws-cdk-lib/aws-cognito';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Properties of CDK's provider without its secrets, which must not appear in a template. */
type Registered<Props> = Omit<
  Props,
  'userPool' | 'clientSecret' | 'clientSecretValue' | 'privateKey' | 'privateKeyValue' | 'name'
> & {
  /** Attributes of a user that the pool receives. @default - the e-mail address, and whether it is verified if the provider states it */
  readonly attributeMapping?: AttributeMapping;
};

/** Secret in Secrets Manager: CloudFormation reads it at each deployment; it never appears in a template. */
export interface ClientSecret {
  readonly clientSecret: ISecret;
  /** Key of the value in a secret that is a JSON object. @default - the secret as a whole */
  readonly secretField?: string;
}

export interface GoogleProvider extends Registered<UserPoolIdentityProviderGoogleProps>, ClientSecret {}
export interface FacebookProvider extends Registered<UserPoolIdentityProviderFacebookProps>, ClientSecret {}
export interface AmazonProvider extends Registered<UserPoolIdentityProviderAmazonProps>, ClientSecret {}
export interface OidcProvider extends Registered<UserPoolIdentityProviderOidcProps>, ClientSecret {}
export interface SamlProvider extends Registered<UserPoolIdentityProviderSamlProps> {}

export interface AppleProvider extends Registered<UserPoolIdentityProviderAppleProps> {
  /** The private key in PEM. */
  readonly privateKey: ISecret;
  /** Key of the value in a secret that is a JSON object. @default - the secret as a whole */
  readonly secretField?: string;
}

/** External identity providers. */
export interface IdentityProviders {
  /** https://developers.google.com/identity/sign-in/web/sign-in */
  readonly google?: GoogleProvider;
  /** https://developers.facebook.com/docs/facebook-login/ */
  readonly facebook?: FacebookProvider;
  /** https://developer.apple.com/sign-in-with-apple/ */
  readonly apple?: AppleProvider;
  /** https://developer.amazon.com/docs/login-with-amazon/documentation-overview.html */
  readonly amazon?: AmazonProvider;
  /**
   * Providers of OpenID Connect, by a name of 3 to 32 characters that the sign-in page shows. Users of these and of SAML
   * cost $0.015 each a month from the 51st user (https://aws.amazon.com/cognito/pricing/).
   */
  readonly oidc?: Readonly<Record<string, OidcProvider>>;
  /** Providers of SAML 2.0, by a name of 3 to 32 characters that the sign-in page shows. */
  readonly saml?: Readonly<Record<string, SamlProvider>>;
}

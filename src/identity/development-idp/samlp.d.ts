/** The part of samlp 8 that the development identity provider uses; the package brings no types. */
declare module 'samlp' {
  export type ProfileMapper = {
    getClaims(): Readonly<Record<string, string | readonly string[]>>;
    getNameIdentifier(): { nameIdentifier: string; nameIdentifierFormat: string };
  };
  export type ResponseOptions = {
    issuer: string;
    key: string;
    cert: string;
    audience: string;
    recipient: string;
    destination: string;
    inResponseTo: string;
    sessionIndex: string;
    signResponse: boolean;
    signAssertion: boolean;
    signatureAlgorithm: string;
    digestAlgorithm: string;
    lifetimeInSeconds: number;
    includeAttributeNameFormat: boolean;
    authnContextClassRef: string;
    profileMapper: (user: unknown) => ProfileMapper;
  };
  const samlp: {
    getSamlResponse(
      options: ResponseOptions,
      user: unknown,
      done: (error: Error | null, xml?: string) => void,
    ): void;
  };
  // biome-ignore lint/style/noDefaultExport: so is the package's own
  export default samlp;
}

/** How a credential of a known issuer looks. */
interface Format {
  what: string;
  pattern: RegExp;
}

/**
 * Prefixes that issuers themselves publish so that leaks can be found, and URLs that carry a password.
 * A list of our own instead of a library: those for Node bring dozens of packages and read files themselves,
 * and the generated pipeline runs a full scanner over the history anyway. This one answers before the first commit.
 */
const FORMATS: Format[] = [
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  { what: 'an AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b(?<!EXAMPLE)/ },
  // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
  { what: 'a GitHub token', pattern: /\b(?:gh[opsru]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b/ },
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  { what: 'a GitLab token', pattern: /\bgl(?:pat|dt|rt|ptt|cbt|soat|agent)-[\w-]{20,}/ },
  // https://docs.slack.dev/authentication/tokens
  { what: 'a Slack token', pattern: /\bx(?:ox[abeoprs]|app)-[\w-]{10,}/ },
  { what: 'a Slack webhook', pattern: /hooks\.slack\.com\/services\/T\w+\/B\w+\/\w{20,}/ },
  // https://cloud.google.com/docs/authentication/api-keys
  { what: 'a Google API key', pattern: /\bAIza[\w-]{35}(?![\w-])/ },
  { what: 'a Google client secret', pattern: /\bGOCSPX-[\w-]{28}/ },
  // https://docs.stripe.com/keys
  { what: 'a Stripe key', pattern: /\b(?:[rs]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}/ },
  { what: 'an Anthropic key', pattern: /\bsk-ant-[\w-]{40,}/ },
  { what: 'an OpenAI key', pattern: /\bsk-(?:proj-|svcacct-)[\w-]{40,}/ },
  // https://docs.npmjs.com/about-access-tokens
  { what: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: 'a PyPI token', pattern: /\bpypi-AgE[\w-]{50,}/ },
  { what: 'a Docker Hub token', pattern: /\bdckr_(?:pat|oat)_[\w-]{20,}/ },
  { what: 'a SendGrid key', pattern: /\bSG\.[\w-]{22}\.[\w-]{43}/ },
  // https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
  { what: 'a Vault token', pattern: /\bhv[bsr]\.[\w-]{24,}/ },
  // https://docs.digitalocean.com/reference/api/create-personal-access-token/
  { what: 'a DigitalOcean token', pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/ },
  { what: 'an Azure storage key', pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/ },
  { what: 'a Grafana token', pattern: /\bgl(?:sa|c)_[A-Za-z0-9+/_=]{32,}/ },
  // https://www.rfc-editor.org/rfc/rfc7519: header and payload are JSON objects, so both start with {".
  { what: 'a JSON Web Token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/ },
  // https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
  {
    what: 'a URL with a password',
    pattern: /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"'`<>{}]{0,100}:[^\s/@:"'`$<>{}*]{3,200}@[\w[]/i,
  },
];

/** https://www.rfc-editor.org/rfc/rfc7468#section-10, https://age-encryption.org/v1, https://www.rfc-editor.org/rfc/rfc9580#name-forming-ascii-armor */
const PRIVATE_KEYS: Format[] = [
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\r|\\n)+[\w+/=:.,\s\\-]{20}/,
  },
  { what: 'an age identity', pattern: /\bAGE-SECRET-KEY-(?:PQ-)?1[AC-HJ-NP-Z02-9]{50,}/ },
];

/** Where a text starts to look like something, and what it looks like. */
export interface Sighting {
  what: string;
  index: number;
}

const together = (formats: Format[], flags: string) =>
  new RegExp(formats.map((one) => `(?:${one.pattern.source})`).join('|'), flags);
/** One pass over the text tells whether there is anything; which it is, is asked of what was found. */
const anyFormat = together(FORMATS.slice(0, -1), 'g');
const url = new RegExp(FORMATS.at(-1)!.pattern.source, 'gi');
const anyKey = together(PRIVATE_KEYS, 'g');
/** `-----BEGIN ` in base64, as data of a Secret or a kubeconfig holds it. */
const encodedPem = /\bLS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}/g;

/** Credentials of known formats in a text. */
export function credentialsIn(text: string): Sighting[] {
  const found = [...text.matchAll(anyFormat)].map((match) => ({
    what: FORMATS.find((one) => one.pattern.test(match[0]))?.what ?? 'a credential',
    index: match.index,
  }));
  const urls = text.includes('://') ? [...text.matchAll(url)] : [];
  return [...found, ...urls.map((match) => ({ what: FORMATS.at(-1)!.what, index: match.index }))];
}

/** Private keys in a text, plain or in base64. */
export function privateKeysIn(text: string): Sighting[] {
  const plain = [...text.matchAll(anyKey)].map((match) => ({
    what: PRIVATE_KEYS.find((one) => one.pattern.test(match[0]))?.what ?? 'a private key',
    index: match.index,
  }));
  const encoded = [...text.matchAll(encodedPem)].filter((match) =>
    Buffer.from(match[0].slice(0, 80), 'base64').includes('PRIVATE KEY'),
  );
  return [...plain, ...encoded.map((match) => ({ what: 'a private key in base64', index: match.index }))];
}

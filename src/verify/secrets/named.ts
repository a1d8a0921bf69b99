/** Names that stand for a secret whatever their value looks like. */
const SECRET = /^(password|passwd|pwd|passphrase|pass)$/;
/** Names that may also stand for the name of one, or for something public. */
const MAYBE = /^(secret|token|apikey|credential|credentials|psk)$/;
/** `API_KEY` and its like; a mere `key` is mostly a name. */
const KEY_OF = /^(api|access|private|secret|auth|encryption|signing|account|shared|master|license|session)$/;

/** `DB_PASSWORD`, `dbPassword` and `db-password` are db and password. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);

/** Whether a value under a name is a secret in plain text. */
export function isSecret(name: string, value: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (isPlaceholder(value)) return false;
  if (SECRET.test(last)) return true;
  const isKey = last === 'key' && KEY_OF.test(words.at(-2) ?? '');
  return (isKey || MAYBE.test(last)) && isRandom(value);
}

/** What stands for a value that comes from elsewhere, and what is no secret anywhere: switches, numbers, paths, addresses. */
const isPlaceholder = (value: string) =>
  /^\s*$/.test(value) ||
  /^(true|false|null|none|yes|no|-?\d{1,9}(\.\d+)?\w?)$/i.test(value) ||
  /\$[({\w]|\{\{|^<.*>$|^\*+$|^ENC\[/.test(value) ||
  /^(file:|\.{0,2}\/)\S*$/.test(value) ||
  /^[a-z][a-z0-9+.-]*:\/\/[^@]*$/i.test(value);

/** Bits per character. https://en.wikipedia.org/wiki/Entropy_(information_theory) */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const one of value) counts.set(one, (counts.get(one) ?? 0) + 1);
  const length = [...value].length;
  return [...counts.values()].reduce((sum, count) => sum - (count / length) * Math.log2(count / length), 0);
}

/** Words with dashes between are a name; what mixes letters, digits and cases is not made by hand. */
function isRandom(value: string): boolean {
  if (value.length < 8 || /\s/.test(value)) return false;
  if (/^[a-z]+[0-9]{0,2}([-._/][a-z0-9]{1,12})*$/i.test(value) && value.length < 40) return false;
  const mixes = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((one) => one.test(value)).length > 1;
  return mixes && entropy(value) >= (value.length < 16 ? 2.5 : 3);
}

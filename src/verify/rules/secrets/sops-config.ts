import { LineCounter, parseDocument } from 'yaml';
import type { Hit, Model, Rule } from '../../model.ts';
import { CONFIG, creationRules, type CreationRule } from '../../secrets/sops.ts';
import { dig, texts } from '../../selectors.ts';

/** https://getsops.io/docs/#using-sops-yaml-conf-to-select-kms-pgp-and-age-for-new-files */
export const sopsConfig: Rule = {
  id: 'secrets/sops-config',
  area: 'secrets',
  severity: 'error',
  title: '.sops.yaml encrypts values, for the declared recipients only',
  why: 'One more recipient in .sops.yaml reads every secret that is sealed from now on; a wrong expression leaves values plain.',
  fix: 'Write the recipients of zero-trust.yaml and encrypted_regex: ^(data|stringData)$ into .sops.yaml.',
  *check(model) {
    if (!isUsed(model)) return;
    const rules = creationRules(model);
    if (!rules) {
      yield {
        file: CONFIG,
        message: `${CONFIG} is missing or cannot be read: nothing says for whom secrets are encrypted`,
      };
      return;
    }
    const lost = model.declared.secrets.filter((one) => !rules.some((rule) => rule.matches(one.path)));
    for (const { path } of lost) yield say(model, 0, `no rule is for ${path}`);
    const used = new Set(
      model.declared.secrets.flatMap((one) => rules.find((rule) => rule.matches(one.path)) ?? []),
    );
    for (const rule of used) yield* problemsOf(model, rule);
  },
};

const isUsed = ({ declared, files }: Model) =>
  files.has(CONFIG) || dig(declared.provides['secrets']?.['decryption'], 'provider') === 'sops';

function* problemsOf(model: Model, rule: CreationRule): Generator<Hit> {
  const declared = Object.values(model.declared.inputs)
    .flatMap(texts)
    .filter((one) => one.startsWith('age1'));
  const recipients = [...rule.keys].filter((one) => one.startsWith('age ')).map((one) => one.slice(4));
  const extra = recipients.filter((one) => !declared.includes(one));
  const missing = declared.filter((one) => !recipients.includes(one));
  if (extra.length)
    yield say(model, rule.index, `encrypts for ${extra.join(', ')}, who is not in zero-trust.yaml`);
  if (missing.length) yield say(model, rule.index, `does not encrypt for ${missing.join(', ')}`);
  if (rule.keys.size === 0 && declared.length) yield say(model, rule.index, 'names no recipient');
  if (!rule.other && !encryptsValues(rule.encryptedRegex))
    yield say(
      model,
      rule.index,
      `encrypted_regex ${rule.encryptedRegex || '(none)'} must match data and stringData, and neither kind nor metadata`,
    );
}

function encryptsValues(source: string): boolean {
  try {
    const pattern = new RegExp(source || '^');
    return (
      ['data', 'stringData'].every((one) => pattern.test(one)) &&
      !['apiVersion', 'kind', 'metadata'].some((one) => pattern.test(one))
    );
  } catch {
    return false;
  }
}

function say({ files }: Model, index: number, message: string): Hit {
  const lines = new LineCounter();
  const node = parseDocument(files.get(CONFIG) ?? '', { lineCounter: lines }).getIn(
    ['creation_rules', index],
    true,
  );
  const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
  const found = start === undefined ? undefined : lines.linePos(start);
  return {
    file: CONFIG,
    ...(found && { position: { line: found.line, column: found.col } }),
    message: `${CONFIG}: ${message}`,
  };
}

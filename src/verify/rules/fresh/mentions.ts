import type { Hit, Model } from '../../model.ts';
import type { Host } from './hosts.ts';

/** Lines of YAML files, comments and fixtures of tests left out, that name one of the hosts. */
export function* mentions(model: Model, hosts: Host[]): Generator<Hit> {
  const any = new RegExp(hosts.map((one) => one.host.replaceAll('.', '\\.')).join('|'));
  for (const [file, text] of model.files) {
    if (!/\.ya?ml$/.test(file) || file.includes('/tests/') || !any.test(text)) continue;
    for (const [index, line] of text.split('\n').entries()) {
      const code = line.replace(/(^|\s)#.*$/, '');
      const found = hosts.find((one) => isNamed(code, one.host));
      if (!found) continue;
      const position = { line: index + 1, column: code.indexOf(found.host) + 1 };
      yield {
        file,
        position,
        message: `${file}: ${found.host} is ${found.reason}`,
        fix: `Write ${found.instead}`,
      };
    }
  }
}

const isNamed = (line: string, host: string) =>
  new RegExp(`(^|[^\\w.-])${host.replaceAll('.', '\\.')}($|[^\\w.-])`).test(line);
